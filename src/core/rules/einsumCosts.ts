/** What the contraction of several operands costs, by the order in which they are taken two by two. */

type Indices = readonly string[];

export interface EinsumCosts {
  /** Multiplications from left to right. */
  readonly given: number;
  readonly best: number;
  /** The two operands that the best order takes first. */
  readonly first: readonly [number, number];
}

export function einsumCosts(
  inputs: readonly Indices[],
  output: Indices,
  sizes: ReadonlyMap<string, number>,
): EinsumCosts {
  const volume = (indices: Iterable<string>): number =>
    [...indices].reduce((all, each) => all * (sizes.get(each) ?? 1), 1);
  /** The two operands become one, with the indices that others or the result still need. */
  const joined = (terms: readonly Indices[], a: number, b: number): { cost: number; rest: readonly Indices[] } => {
    const others = terms.filter((_, at) => at !== a && at !== b);
    const union = new Set([...(terms[a] ?? []), ...(terms[b] ?? [])]);
    const kept = [...union].filter((each) => output.includes(each) || others.some((other) => other.includes(each)));
    return { cost: volume(union), rest: [kept, ...others] };
  };
  const given = (terms: readonly Indices[]): number => {
    if (terms.length < 2) return 0;
    const { cost, rest } = joined(terms, 0, 1);
    return cost + given(rest);
  };
  const best = (terms: readonly Indices[]): { cost: number; first: readonly [number, number] } => {
    let found: { cost: number; first: readonly [number, number] } = {
      cost: terms.length < 2 ? 0 : Infinity,
      first: [0, 1],
    };
    for (let b = 1; b < terms.length; b++) {
      for (let a = 0; a < b; a++) {
        const { cost, rest } = joined(terms, a, b);
        const total = cost + best(rest).cost;
        if (total < found.cost) found = { cost: total, first: [a, b] };
      }
    }
    return found;
  };
  const { cost, first } = best(inputs);
  return { given: given(inputs), best: cost, first };
}
