/** Functions that cut tensors into pieces and join them. */
import { compute, constant, multiply, numberOf, sameDim, subtract } from '../dims';
import type { Dim } from '../dims';
import { rankPlus } from '../ranks';
import { atRank, openShape, shapeOf, sizeAt } from '../shapes';
import type { Size } from '../shapes';
import { listOf, pick, sequence, sequenceOf, tensor } from '../values';
import type { TensorValue, Value } from '../values';
import type { Handler, TensorCall } from './call';
import { anyOrder, self, shaped } from './reshape';

/** Pieces of a tensor along an axis, all of the same size where that is known. */
function pieces(source: TensorValue, axis: number | null, size: Size, count: Dim | null): Value {
  const { open, dims } = source.shape;
  const at = axis === null ? -1 : axis < 0 ? dims.length + axis : open ? -1 : axis;
  const shape = at >= 0 && at < dims.length ? { ...source.shape, dims: dims.with(at, size) } : anyOrder(source.shape);
  const piece = shaped(source, shape);
  const known = count === null ? null : numberOf(count);
  if (known !== null && known > 0 && known <= 64)
    return sequence(
      'tuple',
      Array.from({ length: known }, () => ({ ...piece })),
    );
  return count ? listOf(piece, count) : listOf(piece);
}

const chunk: Handler = (call) => {
  const source = self(call);
  const count = call.dim(1, 'chunks', 'indices_or_sections');
  const axis = call.has(2, 'dim', 'axis') ? call.axis(2) : 0;
  const size = axis === null ? null : sizeAt(source.shape, axis);
  const part = size && count ? compute('//', [size, count]) : null;
  return pieces(source, axis, part && count && size && sameDim(multiply(part, count), size) ? part : null, count);
};

const split: Handler = (call) => {
  if (call.framework !== 'torch') return chunk(call);
  const source = self(call);
  const axis = call.has(2, 'dim', 'axis') ? call.axis(2) : 0;
  const list = sequenceOf(call.value(1, 'split_size', 'split_size_or_sections'));
  if (list) {
    const sizes = call.sizes(1, 'split_size', 'split_size_or_sections');
    return sizes
      ? sequence(
          'tuple',
          sizes.map((size) => firstOf(pieces(source, axis, size, constant(1)))),
        )
      : listOf(pieces(source, axis, null, null));
  }
  const size = call.dim(1, 'split_size', 'split_size_or_sections');
  const whole = axis === null ? null : sizeAt(source.shape, axis);
  const count = whole && size ? compute('//', [whole, size]) : null;
  const exact = count && size && whole && sameDim(multiply(count, size), whole);
  return pieces(source, axis, exact ? size : null, exact ? count : null);
};

function firstOf(value: Value): Value {
  return value.kind === 'tuple' || value.kind === 'list' ? (value.items?.[0] ?? value.element) : value;
}

const unbind: Handler = (call) => {
  const source = self(call);
  const axis = call.has(1, 'dim', 'axis') ? call.axis(1) : 0;
  const { open, dims } = source.shape;
  const at = axis === null ? -1 : axis < 0 ? dims.length + axis : open ? -1 : axis;
  if (at < 0 || at >= dims.length) return listOf(tensor(source.framework));
  const piece = shaped(source, { open, dims: dims.filter((_, each) => each !== at) });
  const count = dims[at] ?? null;
  const known = count ? numberOf(count) : null;
  if (known !== null && known <= 64)
    return sequence(
      'tuple',
      Array.from({ length: known }, () => ({ ...piece })),
    );
  return count ? listOf(piece, count) : listOf(piece);
};

/** The tensors of a list argument, seen as one. */
function listed(call: TensorCall): {
  readonly element: TensorValue | null;
  readonly count: Dim | null;
  readonly items: readonly TensorValue[] | null;
} {
  const list = sequenceOf(call.value(0, 'tensors', 'arrays'));
  const items = list?.items?.map((each) => pick(each, 'tensor')) ?? null;
  const known = items?.every((each) => each !== null) ? items.filter((each) => each !== null) : null;
  const count = list?.length ?? (list?.items ? constant(list.items.length) : null);
  return { element: list ? pick(list.element, 'tensor') : null, count, items: known };
}

const stack: Handler = (call) => {
  const { element, count } = listed(call);
  const axis = call.has(1, 'dim', 'axis') ? call.axis(1) : 0;
  if (!element) return tensor(call.framework);
  const { open, dims } = element.shape;
  const at = axis === null ? -1 : axis < 0 ? dims.length + 1 + axis : open ? -1 : axis;
  const own = element.shape.rank && rankPlus(element.shape.rank, 1);
  if (at < 0 || at > dims.length) return shaped(element, openShape(own));
  const sizes = [...dims.slice(0, at), count, ...dims.slice(at)];
  return shaped(element, open ? openShape(own, sizes) : shapeOf(sizes));
};

function isPositive(size: Size | undefined): boolean {
  return size ? (numberOf(size) ?? 0) > 0 : false;
}

const cat: Handler = (call) => {
  const { element, items, count } = listed(call);
  const axis = call.has(1, 'dim', 'axis') ? call.axis(1) : 0;
  if (!element) return tensor(call.framework);
  // All have the same number of dimensions, but for one without elements: one of which it is known tells it of the others.
  const telling = items?.find(({ shape: { open, dims } }) => !open && (dims.length !== 1 || isPositive(dims[0])));
  const closed = telling?.shape.dims.length;
  const shape = closed === undefined ? element.shape : atRank(element.shape, closed);
  const { open, dims } = shape;
  const at = axis === null ? -1 : axis < 0 ? dims.length + axis : open ? -1 : axis;
  if (at < 0 || at >= dims.length) return shaped(element, anyOrder(shape));
  const sizes = items?.map((each) => sizeAt(each.shape, at - dims.length));
  const own = dims[at] ?? null;
  const total = sizes?.every((each) => each !== null)
    ? sizes.reduce<Dim>((sum, each) => (each ? subtract(sum, multiply(each, constant(-1))) : sum), constant(0))
    : own && count && !items
      ? multiply(own, count)
      : null;
  return shaped(element, { ...shape, dims: dims.with(at, total) });
};

export const PIECES: readonly (readonly [string, Handler])[] = [
  ['chunk', chunk],
  ['split', split],
  ['unbind', unbind],
  ['stack', stack],
  ['cat', cat],
  ['concat', cat],
  ['concatenate', cat],
];
