/** Contractions whose axes are given, and powers: their results and what they cost. */
import { constant, multiply, numberOf, product } from '../dims';
import type { Dim } from '../dims';
import { broadcast, elementCount, lastSize, rankOf, shapeOf, sizeAt, UNKNOWN_SHAPE } from '../shapes';
import type { Shape } from '../shapes';
import { sequenceOf } from '../values';
import type { Value } from '../values';
import type { TensorCall } from './call';

export interface Contraction {
  readonly result: Shape;
  readonly flops: Dim | null;
}

const UNKNOWN_CONTRACTION: Contraction = { result: UNKNOWN_SHAPE, flops: null };
const TWO = constant(2);

/** Sums over the last axes of both; a scalar only scales the other one. */
export function innerProduct(a: Shape, b: Shape): Contraction {
  if (a.open || b.open) return UNKNOWN_CONTRACTION;
  if (rankOf(a) === 0 || rankOf(b) === 0) {
    const result = rankOf(a) === 0 ? b : a;
    return { result, flops: elementCount(result) };
  }
  return contraction(shapeOf([...a.dims.slice(0, -1), ...b.dims.slice(0, -1)]), lastSize(a) ?? lastSize(b));
}

/** Sums over one axis of both, which are broadcast. @param axis null where it is not known */
export function vectorProducts(a: Shape, b: Shape, axis: number | null): Contraction {
  const both = broadcast(a, b);
  const elements = elementCount(both);
  const flops = elements && multiply(TWO, elements);
  if (axis === -1) return { result: { open: both.open, dims: both.dims.slice(0, -1) }, flops };
  const rank = rankOf(both);
  if (axis === null || rank === null) return { result: UNKNOWN_SHAPE, flops };
  const at = axis < 0 ? rank + axis : axis;
  return { result: shapeOf(both.dims.filter((_, each) => each !== at)), flops };
}

/** Sums over as many axes as are given, or over pairs of axes. */
export function tensordot(call: TensorCall, a: Shape, b: Shape): Contraction {
  const [rank, other] = [rankOf(a), rankOf(b)];
  const axes = rank === null || other === null ? null : axesOf(call, rank, other);
  if (!axes) return UNKNOWN_CONTRACTION;
  const [left, right] = axes;
  const free = [...a.dims.filter((_, at) => !left.includes(at)), ...b.dims.filter((_, at) => !right.includes(at))];
  const summed = left.map((at, each) => sizeAt(a, at) ?? sizeAt(b, right[each] ?? 0)).filter((each) => each !== null);
  return contraction(shapeOf(free), summed.length === left.length ? product(summed) : null);
}

/** Axes of the first and of the second operand, counted from the front. */
function axesOf(call: TensorCall, rank: number, other: number): readonly [readonly number[], readonly number[]] | null {
  const given = call.has(2, 'dims', 'axes') ? call.value(2, 'dims', 'axes') : null;
  const lists = given ? sequenceOf(given)?.items : null;
  if (lists) {
    const [left, right] = lists.map((each) => integersOf(each));
    return left && right?.length === left.length ? [fromFront(left, rank), fromFront(right, other)] : null;
  }
  const count = given ? call.integer(2, 'dims', 'axes') : 2;
  if (count === null || count > rank || count > other) return null;
  const ordered = Array.from({ length: count }, (_, at) => at);
  return [ordered.map((at) => rank - count + at), ordered];
}

function fromFront(axes: readonly number[], rank: number): readonly number[] {
  return axes.map((each) => (each < 0 ? rank + each : each));
}

/** One number stands for itself alone, as in NumPy. */
function integersOf(value: Value): readonly number[] | null {
  const items = sequenceOf(value)?.items ?? [value];
  const numbers = items.map((each) => (each.kind === 'number' && each.dim ? numberOf(each.dim) : null));
  const known = numbers.filter((each) => each !== null);
  return known.length === numbers.length ? known : null;
}

/** The products that repeated squaring takes for a power; null where an inverse is needed or the power is not known. */
export function powerFlops(matrices: Shape, power: number | null): Dim | null {
  const elements = elementCount(matrices);
  const rows = lastSize(matrices);
  if (power === null || power < 0 || !elements || !rows) return null;
  const bits = [...power.toString(2)];
  const products = Math.max(0, bits.length - 1 + bits.filter((each) => each === '1').length - 1);
  return product([constant(2 * products), elements, rows]);
}

/** Two operations for each element of the result and each of those that are summed. */
function contraction(result: Shape, depth: Dim | null): Contraction {
  const elements = elementCount(result);
  return { result, flops: elements && depth ? multiply(TWO, multiply(elements, depth)) : null };
}
