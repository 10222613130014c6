/** Functions that rearrange, cut and join tensors. */
import { compute, constant, multiply, numberOf, product, sameDim } from '../dims';
import type { Dim } from '../dims';
import { rankPlus } from '../ranks';
import {
  broadcast,
  elementCount,
  openShape,
  rankOf,
  rankTerm,
  shapeOf,
  shapeOfRank,
  sizeAt,
  UNKNOWN_SHAPE,
} from '../shapes';
import type { Shape, Size } from '../shapes';
import { BOOL, NUMBER, numeral, rankNumber, sequence } from '../values';
import type { TensorValue } from '../values';
import type { Handler, TensorCall } from './call';
import { sameAs } from './pointwise';

export const self = (call: TensorCall): TensorValue => call.tensor(0, 'input', 'self', 'a', 'x');

export function shaped(source: TensorValue, shape: Shape): TensorValue {
  return { kind: 'tensor', framework: source.framework, shape, dtype: source.dtype };
}

/** Sizes of a reshape; one of them may be -1 and is then what remains. */
function resolveSizes(source: Shape, sizes: readonly Size[]): readonly Size[] {
  const free = sizes.findIndex((each) => each !== null && numberOf(each) === -1);
  if (free < 0) return sizes;
  const total = elementCount(source);
  const others = sizes.filter((_, at) => at !== free);
  const rest = total && others.every((each) => each !== null) ? remaining(total, product(others)) : null;
  return sizes.map((each, at) => (at === free ? rest : each));
}

function remaining(total: Dim, others: Dim): Size {
  const quotient = compute('//', [total, others]);
  // Only an exact quotient is a size; a computed symbol would hide that the division is certain to be exact.
  return sameDim(multiply(quotient, others), total) || numberOf(quotient) !== null ? quotient : null;
}

const reshape: Handler = (call) => {
  const source = self(call);
  const sizes = call.sizes(1, 'shape', 'size', 'newshape');
  if (call.positional.length === 2 && call.value(1).kind === 'qualified') return sameAs(source, null);
  if (!sizes || sizes.length === 0) return shaped(source, shapeOfSizes(call, 1, 'shape', 'size', 'newshape'));
  return shaped(source, shapeOf(resolveSizes(source.shape, sizes)));
};

/** The shape that is asked for, be it that only the last sizes are known; -1 stands for one that is not. */
export function shapeOfSizes(call: TensorCall, at: number, ...names: readonly string[]): Shape {
  const sizes = call.sizes(at, ...names);
  const led = sizes ? null : call.ledSizes(at, ...names);
  const positive = (each: Size): Size => (each && (numberOf(each) ?? 0) < 0 ? null : each);
  if (led) return openShape(led.rank, led.sizes.map(positive));
  return sizes && sizes.length > 0 ? shapeOf(sizes.map(positive)) : UNKNOWN_SHAPE;
}

const transpose: Handler = (call) => {
  const source = self(call);
  const { shape } = source;
  if (call.framework !== 'torch') return permute(call);
  const a = call.integer(1, 'dim0', 'axis0');
  const b = call.integer(2, 'dim1', 'axis1');
  return shaped(source, a === null || b === null ? anyOrder(shape) : swap(shape, a, b));
};

const swapaxes: Handler = (call) => {
  const source = self(call);
  const a = call.integer(1, 'axis0', 'axis1', 'dim0');
  const b = call.integer(2, 'axis1', 'axis2', 'dim1');
  return shaped(source, a === null || b === null ? anyOrder(source.shape) : swap(source.shape, a, b));
};

/** The shape with its dimensions in an order that is not known. */
export function anyOrder(shape: Shape): Shape {
  return { ...shape, dims: shape.dims.map(() => null) };
}

function swap(shape: Shape, a: number, b: number): Shape {
  const { dims, open } = shape;
  const at = (axis: number): number => (axis < 0 ? dims.length + axis : open ? -1 : axis);
  const [x, y] = [at(a), at(b)];
  if (x < 0 || y < 0 || x >= dims.length || y >= dims.length) {
    const needed = [a, b].map((axis) => (axis < 0 ? -axis : axis + 1));
    return open ? openShape(shape.rank, [], Math.max(dims.length, ...needed)) : anyOrder(shape);
  }
  const swapped = [...dims];
  swapped[x] = dims[y] ?? null;
  swapped[y] = dims[x] ?? null;
  return { ...shape, dims: swapped };
}

/** The last two dimensions exchanged: `.mT`, and `.T` of a matrix. */
export function transposed(source: TensorValue, onlyMatrix: boolean): TensorValue {
  const { shape } = source;
  if (onlyMatrix && rankOf(shape) !== 2) {
    return shaped(source, shape.open ? openShape(shape.rank) : shapeOf([...shape.dims].reverse()));
  }
  const flipped = { ...shaped(source, swap(shape, -1, -2)) };
  return source.weight ? { ...flipped, weight: true } : flipped;
}

const permute: Handler = (call) => {
  const source = self(call);
  const order = call.sizes(1, 'dims', 'axes');
  const numbers = order?.map((each) => (each === null ? null : numberOf(each)));
  if (!numbers || numbers.length === 0 || numbers.some((each) => each === null)) {
    return shaped(source, numbers ? shapeOf(numbers.map(() => null)) : anyOrder(source.shape));
  }
  const rank = numbers.length;
  const { shape } = source;
  if (rankOf(shape) !== rank)
    return shaped(source, shapeOf(numbers.map((at) => (shape.open && (at ?? 0) < 0 ? sizeAt(shape, at ?? 0) : null))));
  return shaped(source, shapeOf(numbers.map((at) => sizeAt(shape, at ?? 0))));
};

const unsqueeze: Handler = (call) => {
  const source = self(call);
  const { open, dims, rank: own } = source.shape;
  const made = (sizes: readonly Size[]): TensorValue =>
    shaped(source, open ? openShape(own && rankPlus(own, 1), sizes) : shapeOf(sizes));
  const axis = call.axis(1);
  if (axis === null) return made([...dims.map(() => null), null]);
  const at = axis < 0 ? dims.length + 1 + axis : open ? -1 : axis;
  if (at < 0 || at > dims.length)
    return open ? made(dims.length > 0 ? [...dims.map(() => null), null] : [null]) : shaped(source, UNKNOWN_SHAPE);
  return made([...dims.slice(0, at), constant(1), ...dims.slice(at)]);
};

const squeeze: Handler = (call) => {
  const source = self(call);
  const { open, dims } = source.shape;
  const axis = call.axis(1);
  if (axis === null || (open && axis >= 0)) return shaped(source, UNKNOWN_SHAPE);
  const at = axis < 0 ? dims.length + axis : axis;
  const size = dims[at];
  if (!size || numberOf(size) !== 1) return shaped(source, UNKNOWN_SHAPE);
  return shaped(source, without(source.shape, at));
};

/** The shape without one of its dimensions. */
function without({ open, dims, rank: own }: Shape, at: number): Shape {
  const left = dims.filter((_, each) => each !== at);
  return open ? openShape(own && rankPlus(own, -1), left) : shapeOf(left);
}

const flatten: Handler = (call) => {
  const source = self(call);
  const { shape } = source;
  const rank = rankOf(shape);
  if (rank === null) {
    // What lies before the first axis stays, all that follows becomes one.
    const first = call.has(1, 'start_dim') ? call.integer(1, 'start_dim') : 0;
    if (first === null || call.has(2, 'end_dim')) return shaped(source, UNKNOWN_SHAPE);
    if (first < 0) return shaped(source, openShape(shape.rank && rankPlus(shape.rank, first + 1), [null]));
    return shaped(source, shapeOfRank(first + 1));
  }
  const from = call.has(1, 'start_dim') ? call.fromFront(call.integer(1, 'start_dim'), shape) : 0;
  const to = call.has(2, 'end_dim') ? call.fromFront(call.integer(2, 'end_dim'), shape) : rank - 1;
  if (from === null || to === null || to < from) return shaped(source, UNKNOWN_SHAPE);
  const merged = elementCount(shapeOf(shape.dims.slice(from, to + 1)));
  return shaped(source, shapeOf([...shape.dims.slice(0, from), merged, ...shape.dims.slice(to + 1)]));
};

const expand: Handler = (call) => {
  const source = self(call);
  const sizes = call.sizes(1, 'size', 'shape');
  if (!sizes || sizes.length === 0) return shaped(source, shapeOfSizes(call, 1, 'size', 'shape'));
  const { shape } = source;
  const dims = sizes.map((each, at) => {
    if (each !== null && numberOf(each) === -1) return sizeAt(shape, at - sizes.length);
    return each;
  });
  return shaped(source, shapeOf(dims));
};

const expandAs: Handler = (call) => shaped(self(call), call.shape(1, 'other'));

const repeat: Handler = (call) => {
  const source = self(call);
  const counts = call.sizes(1, 'repeats', 'sizes');
  const { shape } = source;
  if (call.framework !== 'torch' || !counts || rankOf(shape) === null) {
    return shaped(source, counts && call.framework === 'torch' ? shapeOf(counts.map(() => null)) : UNKNOWN_SHAPE);
  }
  const dims = counts.map((each, at) => {
    const back = at - counts.length;
    const size = -back <= shape.dims.length ? sizeAt(shape, back) : constant(1);
    return each && size ? multiply(each, size) : null;
  });
  return shaped(source, shapeOf(dims));
};

const gather: Handler = (call) => shaped(self(call), call.shape(2, 'index'));

const select: Handler = (call) => {
  const source = self(call);
  const axis = call.axis(1);
  const { open, dims, rank: own } = source.shape;
  const at = axis === null ? -1 : axis < 0 ? dims.length + axis : open ? -1 : axis;
  return shaped(
    source,
    at < 0 || at >= dims.length ? openShape(open ? own && rankPlus(own, -1) : undefined) : without(source.shape, at),
  );
};

const narrow: Handler = (call) => {
  const source = self(call);
  const axis = call.axis(1);
  const { open, dims } = source.shape;
  const at = axis === null ? -1 : axis < 0 ? dims.length + axis : open ? -1 : axis;
  return shaped(
    source,
    at < 0 || at >= dims.length
      ? anyOrder(source.shape)
      : { ...source.shape, dims: dims.with(at, call.dim(3, 'length')) },
  );
};

const indexSelect: Handler = (call) => {
  const source = self(call);
  const axis = call.axis(1);
  const { open, dims } = source.shape;
  const at = axis === null ? -1 : axis < 0 ? dims.length + axis : open ? -1 : axis;
  return shaped(
    source,
    at < 0 || at >= dims.length
      ? anyOrder(source.shape)
      : { ...source.shape, dims: dims.with(at, sizeAt(call.shape(2, 'index'), 0)) },
  );
};

const diag: Handler = (call) => {
  const source = self(call);
  const rank = rankOf(source.shape);
  const first = sizeAt(source.shape, 0);
  if (rank === 1) return shaped(source, shapeOf([first, first]));
  return shaped(source, rank === 2 ? shapeOf([first]) : UNKNOWN_SHAPE);
};

const size: Handler = (call) => {
  const source = self(call);
  if (!call.has(1, 'dim')) return { kind: 'shape', tensor: source };
  const axis = call.axis(1);
  return axis === null ? NUMBER : numeral(sizeAt(source.shape, axis));
};

const rank: Handler = (call) => rankNumber(rankTerm(self(call).shape));

const repeatInterleave: Handler = (call) => {
  const source = self(call);
  return shaped(source, call.has(2, 'dim') ? anyOrder(source.shape) : shapeOf([null]));
};

const broadcastTo: Handler = (call) => shaped(self(call), shapeOfSizes(call, 1, 'size', 'shape'));

const broadcastTensors: Handler = (call) => {
  const all = call.positional.map((_, at) => call.tensor(at));
  const shape = all.reduce((known, each) => broadcast(known, each.shape), shapeOf([]));
  return sequence(
    'tuple',
    all.map((each) => shaped(each, shape)),
  );
};

export const RESHAPE: readonly (readonly [string, Handler])[] = [
  ['view', reshape],
  ['reshape', reshape],
  ['transpose', transpose],
  ['transpose_', transpose],
  ['swapaxes', swapaxes],
  ['swapdims', swapaxes],
  ['permute', permute],
  ['unsqueeze', unsqueeze],
  ['unsqueeze_', unsqueeze],
  ['expand_dims', unsqueeze],
  ['squeeze', squeeze],
  ['flatten', flatten],
  ['ravel', flatten],
  ['expand', expand],
  ['expand_as', expandAs],
  ['view_as', expandAs],
  ['reshape_as', expandAs],
  ['broadcast_to', broadcastTo],
  ['broadcast_tensors', broadcastTensors],
  ['repeat', repeat],
  ['repeat_interleave', repeatInterleave],
  ['tile', repeat],
  ['gather', gather],
  ['select', select],
  ['narrow', narrow],
  ['index_select', indexSelect],
  ['diag', diag],
  ['size', size],
  ['dim', rank],
  ['ndimension', rank],
  ['t', (call) => transposed(self(call), true)],
  ['matrix_transpose', (call) => transposed(self(call), false)],
  ['adjoint', (call) => transposed(self(call), false)],
  ['numel', (call) => numeral(elementCount(self(call).shape))],
  ['item', () => NUMBER],
  ['is_contiguous', () => BOOL],
];
