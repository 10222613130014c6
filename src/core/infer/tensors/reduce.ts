/** Reductions over axes, and functions that make tensors from sizes. */
import { compute, constant, numberOf, subtract } from '../dims';
import { rankPlus } from '../ranks';
import { openShape, shapeOf, UNKNOWN_SHAPE } from '../shapes';
import type { Shape, Size } from '../shapes';
import { pick, sequence, tensor } from '../values';
import type { TensorValue, Value } from '../values';
import { dtypeOf } from './dtypes';
import { anyOrder, shapeOfSizes } from './reshape';
import type { Handler, TensorCall } from './call';

/** The shape without the reduced axes; all of them where none is named. */
function reducedShape(call: TensorCall, source: TensorValue): Shape {
  const { open, dims } = source.shape;
  const keep = keepsDims(call);
  const argument = call.argument(1, 'dim', 'axis');
  if (!argument || argument.value.kind === 'none')
    return keep ? { ...source.shape, dims: dims.map(() => constant(1)) } : shapeOf([]);
  const axes = call.sizes(1, 'dim', 'axis')?.map((each) => (each === null ? null : numberOf(each)));
  if (!axes || axes.some((each) => each === null))
    return keep ? { ...source.shape, dims: dims.map(() => null) } : UNKNOWN_SHAPE;
  const positions = axes.map((axis) => ((axis ?? 0) < 0 ? dims.length + (axis ?? 0) : open ? -1 : (axis ?? 0)));
  const rank = source.shape.rank && rankPlus(source.shape.rank, -axes.length);
  if (positions.some((at) => at < 0 || at >= dims.length))
    return keep ? { ...source.shape, dims: dims.map(() => null) } : openShape(open ? rank : undefined);
  if (keep) return { ...source.shape, dims: dims.map((each, at) => (positions.includes(at) ? constant(1) : each)) };
  const left = dims.filter((_, at) => !positions.includes(at));
  return open ? openShape(rank, left) : shapeOf(left);
}

function keepsDims(call: TensorCall): boolean {
  const keep = call.argument(2, 'keepdim', 'keepdims');
  return keep?.expr.kind === 'constant' && keep.expr.value === 'True';
}

const reduce: Handler = (call) => {
  const source = call.tensor(0, 'input', 'self', 'a');
  return { kind: 'tensor', framework: source.framework, shape: reducedShape(call, source), dtype: source.dtype };
};

/** With an axis torch gives values and indices, without one a single tensor. */
const extremum: Handler = (call) => {
  const result = reduce(call);
  if (call.framework !== 'torch' || !call.has(1, 'dim', 'axis') || result.kind !== 'tensor') return result;
  return sequence('tuple', [result, { ...result, dtype: 'i64' }]);
};

const indexOf: Handler = (call) => {
  const result = reduce(call);
  return result.kind === 'tensor' ? { ...result, dtype: 'i64' } : result;
};

function made(call: TensorCall, shape: Shape, dtype: string | null): TensorValue {
  const given = call.argument(99, 'dtype');
  return tensor(call.framework, shape, given ? dtypeOf(given.value) : dtype);
}

const fromSizes: Handler = (call) => made(call, shapeOfSizes(call, 0, 'size', 'shape'), 'f32');

const filled: Handler = (call) => {
  const isOne = pick(call.value(0, 'size', 'shape'), 'number') !== null;
  return made(call, isOne ? UNKNOWN_SHAPE : shapeOfSizes(call, 0, 'size', 'shape'), null);
};

/** `x.new_zeros(2, 3)`: of the dtype of `x`, whose sizes do not matter. */
const newFromSizes: Handler = (call) => {
  const source = call.tensor(0, 'self');
  return made(call, shapeOfSizes(call, 1, 'size'), source.dtype);
};

const randint: Handler = (call) => {
  const list = call.positional.findIndex((each) => each.value.kind === 'tuple' || each.value.kind === 'list');
  const sizes = call.keywords.has('size') ? call.sizes(99, 'size') : list >= 0 ? call.sizes(list) : null;
  return made(call, sizes ? shapeOf(sizes) : UNKNOWN_SHAPE, 'i64');
};

const eye: Handler = (call) => {
  const rows = call.dim(0, 'n', 'N');
  return made(call, shapeOf([rows, call.has(1, 'm', 'M') ? call.dim(1, 'm', 'M') : rows]), 'f32');
};

const arange: Handler = (call) => {
  const bounds = call.positional.map((_, at) => call.dim(at));
  const [first = null, second = null] = bounds;
  let length: Size = null;
  if (bounds.length === 1) length = first;
  else if (bounds.length === 2 && first && second) length = subtract(second, first);
  return made(call, shapeOf([length && (numberOf(length) ?? 0) < 0 ? null : length]), 'i64');
};

const linspace: Handler = (call) => made(call, shapeOf([call.dim(2, 'steps', 'num')]), 'f32');

function isClass({ expr: { callee } }: TensorCall): boolean {
  return callee.kind === 'attribute' && callee.name.endsWith('Tensor');
}

/** A tensor made from nested lists has their lengths as its shape. */
const fromData: Handler = (call) => {
  const source = call.value(0, 'data', 'object', 'a');
  // `torch.Tensor(2, 3)` takes sizes.
  if (call.positional.length > 1 && (source.kind === 'number' || source.kind === 'unknown') && isClass(call))
    return made(call, shapeOfSizes(call, 0), 'f32');
  if (source.kind === 'tensor') return made(call, source.shape, source.dtype);
  const dims: Size[] = [];
  let each: Value = source;
  while ((each.kind === 'list' || each.kind === 'tuple') && dims.length < 8) {
    if (!each.items && !each.length) return made(call, UNKNOWN_SHAPE, null);
    dims.push(each.items ? constant(each.items.length) : (each.length ?? null));
    each = each.element;
  }
  return made(call, each.kind === 'number' || each.kind === 'bool' ? shapeOf(dims) : UNKNOWN_SHAPE, null);
};

const topk: Handler = (call) => {
  const source = call.tensor(0, 'input', 'self');
  const { open, dims, rank } = source.shape;
  const shape = call.has(2, 'dim')
    ? anyOrder(source.shape)
    : open
      ? openShape(rank, [call.dim(1, 'k')])
      : shapeOf([...dims.slice(0, -1), call.dim(1, 'k')]);
  const values = { ...tensor(source.framework, shape, source.dtype) };
  return sequence('tuple', [values, { ...values, dtype: 'i64' }]);
};

const oneHot: Handler = (call) => {
  const source = call.tensor(0);
  const { open, dims, rank } = source.shape;
  const sizes = [...dims, call.dim(1, 'num_classes')];
  return tensor(call.framework, open ? openShape(rank && rankPlus(rank, 1), sizes) : shapeOf(sizes), 'i64');
};

const glu: Handler = (call) => {
  const source = call.tensor(0);
  const { open, dims } = source.shape;
  const last = dims.at(-1) ?? null;
  return tensor(
    call.framework,
    { open, dims: dims.length ? dims.with(-1, last ? compute('//', [last, constant(2)]) : null) : [] },
    source.dtype,
  );
};

export const REDUCE_AND_CREATE: readonly (readonly [string, Handler])[] = [
  ...['sum', 'mean', 'prod', 'std', 'var', 'norm', 'logsumexp', 'nanmean', 'nansum', 'any', 'all', 'amax', 'amin'].map(
    (name) => [name, reduce] as const,
  ),
  ...['max', 'min', 'median', 'mode', 'kthvalue'].map((name) => [name, extremum] as const),
  ...['argmax', 'argmin'].map((name) => [name, indexOf] as const),
  ...['zeros', 'ones', 'empty', 'rand', 'randn'].map((name) => [name, fromSizes] as const),
  ['full', filled],
  ...['new_zeros', 'new_ones', 'new_empty', 'new_full'].map((name) => [name, newFromSizes] as const),
  ...['tensor', 'as_tensor', 'array', 'from_numpy', 'FloatTensor', 'LongTensor', 'Tensor'].map(
    (name) => [name, fromData] as const,
  ),
  ['randint', randint],
  ['eye', eye],
  ['arange', arange],
  ['linspace', linspace],
  ['topk', topk],
  ['one_hot', oneHot],
  ['glu', glu],
];
