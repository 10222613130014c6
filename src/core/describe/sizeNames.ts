/** What the sizes of one operation are called: two that may differ never have one name. */
import { symbolsOf } from '../infer/dims';
import type { Symbol } from '../infer/dims';
import type { Operation } from '../infer/operations';

/**
 * Sizes of one name that were learned in different places, the `n` of two patterns say, are told apart by primes,
 * in the order in which the operands mention them.
 */
export function sizeNames(operation: Operation): (each: Symbol) => string {
  const namesById = new Map<string, string>();
  const used = new Set<string>();
  const shapes = [...operation.operands.map((each) => each.value.shape), operation.result];
  for (const size of shapes.flatMap((each) => each.dims)) {
    for (const { id, name } of size ? symbolsOf(size) : []) {
      if (namesById.has(id)) continue;
      let own = name;
      while (used.has(own)) own += "'";
      used.add(own);
      namesById.set(id, own);
    }
  }
  return ({ id, name }) => namesById.get(id) ?? name;
}
