/** What the cells of a results table have no room for. */
import { baselineOf } from './baseline';
import { formatSpeedup } from './format';
import type { Comparison, VariantResult } from './report';
import type { Mode } from './vocabulary';

/**
 * Why verdicts are as they are, of reasons that several rows share one; and the comparisons of pairs without the
 * baseline, such as the best of each framework.
 * @param span writes the interval of a speed-up, given that of the time ratio
 */
export function remarks(
  rows: readonly VariantResult[],
  comparisons: readonly Comparison[],
  mode: Mode,
  span: (ci: readonly [number, number]) => string,
): readonly string[] {
  const baseline = baselineOf(rows, mode)?.name;
  const of = (name: string) => rows.find((row) => row.name === name && row.mode === mode);
  const label = (name: string) => of(name)?.label ?? name;
  const reasons = new Map<string, string[]>();
  const pairs: string[] = [];
  for (const each of comparisons) {
    if (each.mode !== mode) continue;
    if (each.a !== baseline) pairs.push(pairRemark(each, label, span));
    // A failed row has its reason in place of its cells.
    else if (each.reason !== null && of(each.b)?.status !== 'failed') {
      const text = `${each.verdict}: ${each.reason}`;
      reasons.set(text, [...(reasons.get(text) ?? []), label(each.b)]);
    }
  }
  return [...[...reasons].map(([text, labels]) => `${labels.join(', ')}: ${text}.`), ...pairs];
}

function pairRemark(
  { a, b, ratio, ci, verdict, reason }: Comparison,
  label: (name: string) => string,
  span: (ci: readonly [number, number]) => string,
): string {
  const speedup = ratio ? ` ${formatSpeedup(1 / ratio)} as fast${ci ? ` (${span(ci)})` : ''},` : '';
  return `${label(b)} against ${label(a)}:${speedup} ${verdict}${reason === null ? '' : `: ${reason}`}.`;
}
