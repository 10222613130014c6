/** The outcome of a race in words. The verdicts are the runner's; here they are only read out. */
import { baselineOf } from './baseline';
import { formatSpeedup } from './format';
import type { Comparison, VariantResult } from './report';
import type { Mode } from './vocabulary';

/** What a reader needs of a report to read out a verdict; a running race has it, too. */
export interface Outcome {
  readonly variants: readonly VariantResult[];
  readonly comparisons: readonly Comparison[];
}

/** Who won one mode against the code as written. */
export type Headline =
  | {
      readonly kind: 'winner';
      readonly label: string;
      readonly speedup: number;
      readonly interval: readonly [number, number];
    }
  | { readonly kind: 'original'; readonly label: string; readonly next: string; readonly slowdown: number }
  | { readonly kind: 'no difference'; readonly label: string; readonly others: number }
  | { readonly kind: 'undecided'; readonly reason: string };

/**
 * The winner of one mode: among the contenders that are *faster* than the baseline, the one with the
 * smallest ratio. Null where nothing was compared.
 */
export function headline(outcome: Outcome, mode: Mode): Headline | null {
  const rows = outcome.variants.filter((row) => row.mode === mode);
  const baseline = baselineOf(rows, mode);
  if (!baseline) return null;
  const label = (name: string) => rows.find((row) => row.name === name)?.label ?? name;
  const against = outcome.comparisons.filter((each) => each.mode === mode && each.a === baseline.name);
  if (against.length === 0) return null;
  const byRatio = (verdict: Comparison['verdict']) =>
    against
      .filter((each) => each.verdict === verdict && each.ratio !== null)
      .sort((x, y) => (x.ratio ?? 0) - (y.ratio ?? 0));

  const [best] = byRatio('faster');
  if (best?.ratio && best.ci) {
    return {
      kind: 'winner',
      label: label(best.b),
      speedup: 1 / best.ratio,
      interval: [1 / best.ci[1], 1 / best.ci[0]],
    };
  }
  const ties = byRatio('no difference');
  const [slower] = byRatio('slower');
  const open = against.filter((each) => each.verdict === 'inconclusive');
  if (open.length > 0) {
    return { kind: 'undecided', reason: open[0]?.reason ?? 'the intervals are too wide to decide' };
  }
  if (ties[0]) return { kind: 'no difference', label: label(ties[0].b), others: ties.length - 1 };
  if (slower?.ratio) return { kind: 'original', label: baseline.label, next: label(slower.b), slowdown: slower.ratio };
  return { kind: 'undecided', reason: against[0]?.reason ?? 'nothing could be compared' };
}

export const MODE_WORDS: Readonly<Record<Mode, string>> = { forward: 'Forward', training: 'Training step' };

/** One sentence for one mode, such as `Forward: JAX jit is 2.3× as fast as PyTorch eager (2.1× to 2.5×).` */
export function sentence(outcome: Outcome, mode: Mode): string | null {
  const result = headline(outcome, mode);
  if (!result) return null;
  const baseline = baselineOf(outcome.variants, mode)?.label ?? 'the code as written';
  const words = MODE_WORDS[mode];
  switch (result.kind) {
    case 'winner': {
      const [low, high] = result.interval;
      return `${words}: ${result.label} is ${formatSpeedup(result.speedup)} as fast as ${baseline} (${formatSpeedup(low)} to ${formatSpeedup(high)}).`;
    }
    case 'original':
      return `${words}: ${result.label} is fastest; the next best, ${result.next}, takes ${formatSpeedup(result.slowdown)} the time.`;
    case 'no difference':
      return `${words}: no difference between ${baseline} and ${result.label}${result.others > 0 ? ` (and ${result.others} more)` : ''}; nothing is faster.`;
    case 'undecided':
      return `${words}: undecided: ${result.reason}.`;
  }
}
