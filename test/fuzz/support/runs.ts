/** How many cases there are, and which. `MATMUL_LENS_FUZZ_SHRINK=1` makes a failing one as small as it gets. */
import type fc from 'fast-check';

const CASES = 10_000;

/** @param share of all cases */
export function runs(share: number): Pick<fc.Parameters, 'numRuns' | 'seed' | 'endOnFailure'> {
  const asked = Number(process.env.MATMUL_LENS_FUZZ_CASES ?? CASES);
  // A longer run looks at other cases than every run does; fast-check tells the seed of one that fails.
  const seed = asked === CASES ? { seed: 20_251 } : {};
  // Making a failing case smaller takes long.
  const endOnFailure = process.env.MATMUL_LENS_FUZZ_SHRINK !== '1';
  return { numRuns: Math.ceil(asked * share), ...seed, endOnFailure };
}
