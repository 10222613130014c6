/** Which row the others of a mode are compared with. */
import type { VariantResult } from './report';
import type { Mode } from './vocabulary';

/**
 * The first row of a mode that was not skipped, as the runner has it (`compare_mode`): without PyTorch that is one of
 * JAX. Null where every row was skipped, or there is none.
 */
export function baselineOf(rows: readonly VariantResult[], mode: Mode): VariantResult | null {
  return rows.find((row) => row.mode === mode && row.status !== 'skipped') ?? null;
}
