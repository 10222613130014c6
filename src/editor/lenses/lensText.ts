/** What stands in the lenses above a function. */
import type { Finding, RaceSubject } from '../../core';

/** Such as `▶ Benchmark forward · 6 matmuls · 1.6 GFLOP`. */
export function benchmarkText(subject: RaceSubject): string {
  return `▶ Benchmark ${costText(subject)}`;
}

/** Such as `forward · 6 matmuls · 1.6 GFLOP`. */
export function costText(subject: RaceSubject): string {
  const name = subject.kind === 'module' ? 'forward' : (subject.qualname.split('.').at(-1) ?? subject.qualname);
  const { products, flopsText } = subject;
  return [
    name,
    ...(products > 0 ? [products === 1 ? '1 matmul' : `${products} matmuls`] : []),
    ...(flopsText === null ? [] : [flopsText]),
  ].join(' · ');
}

/** Such as `Suggestion: torch.bmm instead of the loop (1 more)`. */
export function suggestionText(findings: readonly [Finding, ...Finding[]]): string {
  const [first] = findings;
  const more = findings.length - 1;
  // On what condition it holds, the lightbulb says: a lens has no room for it.
  const title = first.fixes[0]?.title.replace(/, if .*$/s, '') ?? first.name.replaceAll('-', ' ');
  return `Suggestion: ${title}${more > 0 ? ` (${more} more)` : ''}`;
}
