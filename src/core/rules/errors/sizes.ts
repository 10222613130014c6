/** When two sizes are certain to differ. */
import { numberOf, subtract } from '../../infer/dims';
import type { Dim } from '../../infer/dims';
import { sizeAt } from '../../infer/shapes';
import type { Shape, Size } from '../../infer/shapes';

/** Two different numbers, or sizes that differ by a number whatever their symbols stand for. */
export function differ(a: Size, b: Size): boolean {
  if (a === null || b === null) return false;
  const difference = numberOf(subtract(a, b));
  return difference !== null && difference !== 0 && isSize(a) && isSize(b);
}

/** Two different numbers of which neither is broadcast. */
export function cannotBroadcast(a: Size, b: Size): boolean {
  if (a === null || b === null) return false;
  const [x, y] = [numberOf(a), numberOf(b)];
  return x !== null && y !== null && x !== y && x !== 1 && y !== 1 && isSize(a) && isSize(b);
}

/** A negative number, or a fraction, is no size: what computed it is in error, or was not understood. */
function isSize(dim: Dim): boolean {
  const number = numberOf(dim);
  return number === null || (Number.isInteger(number) && number >= 0);
}

/** The first pair of sizes, counted from the end, that cannot be broadcast against each other. */
export function broadcastConflict(a: Shape, b: Shape, from = 1): readonly [Dim, Dim] | null {
  for (let back = from; back <= Math.min(a.dims.length, b.dims.length); back++) {
    const [x, y] = [sizeAt(a, -back), sizeAt(b, -back)];
    if (x && y && cannotBroadcast(x, y)) return [x, y];
  }
  return null;
}
