/** What a race says of the rewrite of one function: it decides for that function, whatever its rule gains elsewhere. */
import { baselineOf } from './baseline';
import type { Outcome } from './sentence';
import { Mode } from './vocabulary';

/** The variant that has the first fix of each finding of the function. */
export const REWRITE = 'torch-rewrite';

/** `gains`: faster in some mode and slower in none; `loses`: anything else that is certain. */
export type RewriteOutcome = 'gains' | 'loses';

/** Null where the race had no rewrite, or is undecided. */
export function rewriteOutcome({ variants, comparisons }: Outcome): RewriteOutcome | null {
  const verdicts = Mode.options.flatMap((mode) => {
    const baseline = baselineOf(
      variants.filter((row) => row.mode === mode),
      mode,
    );
    const found = comparisons.find((each) => each.mode === mode && each.a === baseline?.name && each.b === REWRITE);
    return found ? [found.verdict] : [];
  });
  if (verdicts.includes('slower')) return 'loses';
  if (verdicts.includes('faster')) return 'gains';
  return verdicts.length > 0 && verdicts.every((each) => each === 'no difference') ? 'loses' : null;
}
