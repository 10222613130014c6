/** Whether code with a fix computes what the code as written computes, from what came of each case. */
import type { RaceState } from '../../protocol/race';
import type { VariantResult } from '../../protocol/report';
import { AS_WRITTEN, FIXED } from './requests';

export type VerifyVerdict =
  | {
      readonly kind: 'same';
      /** The cases in which both computed the same. */
      readonly checked: readonly string[];
      /** Those that the code as written cannot be run in, each with why. */
      readonly left: readonly { readonly label: string; readonly reason: string }[];
      /** Normwise relative error of the fixed code against float64, the largest of all cases; null where there are no floats. */
      readonly error: number | null;
    }
  /** The fix must not be applied. */
  | { readonly kind: 'differs'; readonly label: string; readonly reason: string }
  /** Nothing can be told: the code as written could not be run. */
  | { readonly kind: 'unchecked'; readonly reason: string };

export interface CaseResult {
  readonly label: string;
  readonly race: RaceState;
}

/** @param results in the order of the cases; the first one must have come to an end for anything to be told */
export function verdictOf(results: readonly CaseResult[]): VerifyVerdict {
  const checked: string[] = [];
  const left: { label: string; reason: string }[] = [];
  let error: number | null = null;
  for (const { label, race } of results) {
    const rows = race.report?.variants ?? race.rows;
    const written = rows.filter((each) => each.name === AS_WRITTEN);
    const fixed = rows.filter((each) => each.name === FIXED);
    const bad = fixed.find((each) => each.status === 'failed' && ran(written, each));
    if (bad) return { kind: 'differs', label, reason: reasonOf(bad) };
    const good = fixed.filter((each) => each.status === 'ok' && ran(written, each));
    if (good.length === 0) {
      const ended = [...written, ...fixed].find((each) => each.status === 'failed' || each.status === 'skipped');
      left.push({ label, reason: race.failure?.message ?? (ended ? reasonOf(ended) : 'it did not come to an end') });
      continue;
    }
    checked.push(label);
    for (const each of good) if (each.error !== null) error = Math.max(error ?? 0, each.error);
  }
  const [first] = results;
  if (checked.length === 0 || (first && !checked.includes(first.label)))
    return { kind: 'unchecked', reason: left[0]?.reason ?? 'nothing was run' };
  return { kind: 'same', checked, left, error };
}

/** Whether the code as written came to a result in the same mode. */
function ran(written: readonly VariantResult[], { mode }: VariantResult): boolean {
  return written.some((each) => each.mode === mode && each.status === 'ok');
}

function reasonOf({ failure, reason }: VariantResult): string {
  return failure?.message ?? reason ?? 'it failed';
}
