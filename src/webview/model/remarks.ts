/** What the cells of a results table have no room for. */
import { formatSpeedup } from '../../protocol';
import type { Comparison, VariantResult } from '../../protocol';
import { speedupInterval } from './intervals';

/** The remarks under a table; of reasons that several rows share, one. `rows` and `comparisons` are of one mode. */
export function remarks(rows: readonly VariantResult[], comparisons: readonly Comparison[]): readonly string[] {
  const first = rows[0]?.name;
  const label = (name: string) => rows.find((row) => row.name === name)?.label ?? name;
  const hasCells = (name: string) => rows.some((row) => row.name === name && row.status !== 'failed');
  const reasons = new Map<string, string[]>();
  for (const { a, b, verdict, reason } of comparisons) {
    if (a !== first || reason === null || !hasCells(b)) continue;
    const text = `${verdict}: ${reason}`;
    reasons.set(text, [...(reasons.get(text) ?? []), label(b)]);
  }
  return [
    ...[...reasons].map(([text, labels]) => `${labels.join(', ')}: ${text}.`),
    ...comparisons.filter((each) => each.a !== first).map((each) => pairRemark(each, label)),
  ];
}

/** A comparison of two rows of which neither is the first, such as the best of each framework. */
function pairRemark({ a, b, ratio, ci, verdict, reason }: Comparison, label: (name: string) => string): string {
  const speedup = ratio ? ` ${formatSpeedup(1 / ratio)} as fast${ci ? ` (${speedupInterval(ci)})` : ''},` : '';
  return `${label(b)} against ${label(a)}:${speedup} ${verdict}${reason === null ? '' : `: ${reason}`}.`;
}
