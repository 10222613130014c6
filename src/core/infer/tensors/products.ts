/** The products of the operation family: the shape of each result and what it costs. */
import { add, constant, multiply, numberOf, product } from '../dims';
import type { Dim } from '../dims';
import {
  atRank,
  elementCount,
  matmulShape,
  rankOf,
  shapeOf,
  sizeAt,
  lastSize,
  UNKNOWN_SHAPE,
  withLast,
} from '../shapes';
import type { Shape } from '../shapes';
import { pick, sequenceOf } from '../values';
import type { Evaluated, TensorValue } from '../values';
import { innerProduct, powerFlops, tensordot, vectorProducts } from './contractions';
import { einsum, parseSubscripts, subscripted } from './einsum';
import type { TensorCall } from './call';

export interface Product {
  readonly operands: readonly { readonly argument: Evaluated | null; readonly value: TensorValue }[];
  readonly result: Shape;
  /** Null where a size is not known, and where the cost depends on the order of several products. */
  readonly flops: Dim | null;
}

const TWO = constant(2);

/** How many dimensions torch's products ask of their two factors: of any other number they fail. */
const RANKS: Readonly<Record<string, readonly [number, number]>> = {
  mm: [2, 2],
  addmm: [2, 2],
  addmm_: [2, 2],
  'sparse.mm': [2, 2],
  'sparse.addmm': [2, 2],
  bmm: [3, 3],
  baddbmm: [3, 3],
  baddbmm_: [3, 3],
  addbmm: [3, 3],
  addbmm_: [3, 3],
  mv: [2, 1],
  addmv: [2, 1],
  addmv_: [2, 1],
  outer: [1, 1],
  ger: [1, 1],
  addr: [1, 1],
  addr_: [1, 1],
  dot: [1, 1],
  vdot: [1, 1],
};

/** `2·K` for each element of the result: a multiplication and an addition. */
export function matmulFlops(a: Shape, b: Shape, result: Shape): Dim | null {
  const inner = lastSize(a) ?? (rankOf(b) === 1 ? lastSize(b) : sizeAt(b, -2));
  const elements = elementCount(result);
  return inner && elements ? multiply(TWO, multiply(inner, elements)) : null;
}

/** `x @ weight.T + bias` for `weight` of shape (out, in). */
export function linearProduct(
  input: Shape,
  inFeatures: Dim | null,
  outFeatures: Dim | null,
  bias: boolean,
): Omit<Product, 'operands'> {
  const result = input.dims.length === 0 ? { ...input, dims: [outFeatures] } : withLast(input, outFeatures);
  const rows = elementCount(result);
  const inner = inFeatures ?? lastSize(input);
  const flops = rows && inner ? multiply(rows, add(multiply(TWO, inner), constant(bias ? 1 : 0))) : null;
  return { result, flops };
}

/** Scores and weighted sum of scaled dot-product attention: `2·(D + Dv)` for each pair of query and key. */
export function attentionProduct(query: Shape, key: Shape, value: Shape): Omit<Product, 'operands'> {
  const result = { ...query, dims: query.dims.length ? [...query.dims.slice(0, -1), lastSize(value)] : [] };
  const rows = elementCount({ open: query.open, dims: query.dims.slice(0, -1) });
  const keys = sizeAt(key, -2);
  const depth = lastSize(query);
  const valueDepth = lastSize(value) ?? depth;
  const flops =
    rows && keys && depth && valueDepth ? multiply(TWO, product([rows, keys, add(depth, valueDepth)])) : null;
  return { result, flops };
}

/** The product that a call of this operation performs. */
export function productOf(op: string, call: TensorCall): Product {
  switch (op) {
    case 'addmm':
    case 'addmm_':
    case 'baddbmm':
    case 'baddbmm_':
    case 'addmv':
    case 'addmv_':
    case 'sparse.addmm':
    case 'sampled_addmm':
    case 'sparse.sampled_addmm':
    case 'sspaddmm':
      return added(op, call);
    case 'addbmm':
    case 'addbmm_':
      return summedBatches(op, call);
    case 'outer':
    case 'ger':
      return outer(op, call);
    case 'addr':
    case 'addr_':
      return addedOuter(op, call);
    case 'inner':
      return inner(op, call);
    case 'dot':
      return call.framework === 'torch' ? matmul(op, call) : numpyDot(op, call);
    case 'vecdot':
      return vecdot(op, call);
    case 'einsum':
      return einsumProduct(call);
    case 'linear':
      return linear(call);
    case 'bilinear':
      return bilinear(call);
    case 'scaled_dot_product_attention':
      return attention(call);
    case 'chain_matmul':
    case 'multi_dot':
      return chain(call);
    case 'tensordot': {
      const { a, b, operands } = pair(op, call, 0);
      return { operands, ...tensordot(call, a.shape, b.shape) };
    }
    case 'matrix_power': {
      const value = call.tensor(0, 'A', 'a', 'input');
      const operands = [{ argument: call.argument(0, 'A', 'a', 'input'), value }];
      return { operands, result: value.shape, flops: powerFlops(value.shape, call.integer(1, 'n')) };
    }
    case 'multi_head_attention_forward':
    case 'dot_product_attention':
    case 'dot_general':
    case '_grouped_mm':
    case '_scaled_mm':
      return { ...pair(op, call, 0), result: UNKNOWN_SHAPE, flops: null };
    default:
      return matmul(op, call);
  }
}

function pair(
  op: string,
  call: TensorCall,
  first: number,
): Pick<Product, 'operands'> & { a: TensorValue; b: TensorValue } {
  const names = [
    ['input', 'self', 'mat1', 'batch1', 'a', 'x1', 'vec1'],
    ['other', 'mat2', 'batch2', 'b', 'x2', 'vec', 'vec2', 'tensor'],
  ] as const;
  const left = first === 0 ? [...names[0]] : ['mat1', 'batch1', 'mat', 'vec1'];
  const ranks = call.framework === 'torch' ? RANKS[op] : undefined;
  const asked = (value: TensorValue, rank: number | undefined): TensorValue =>
    rank === undefined ? value : { ...value, shape: atRank(value.shape, rank) };
  const a = asked(call.tensor(first, ...left), ranks?.[0]);
  const b = asked(call.tensor(first + 1, ...names[1]), ranks?.[1]);
  return {
    a,
    b,
    operands: [
      { argument: call.argument(first, ...left), value: a },
      { argument: call.argument(first + 1, ...names[1]), value: b },
    ],
  };
}

function matmul(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 0);
  const result = matmulShape(a.shape, b.shape) ?? UNKNOWN_SHAPE;
  return { operands, result, flops: matmulFlops(a.shape, b.shape, result) };
}

function added(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 1);
  const addend = call.tensor(0, 'input', 'self');
  const result = matmulShape(a.shape, b.shape) ?? UNKNOWN_SHAPE;
  return {
    operands: [{ argument: call.argument(0, 'input', 'self'), value: addend }, ...operands],
    result,
    flops: matmulFlops(a.shape, b.shape, result),
  };
}

function summedBatches(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 1);
  const batched = matmulShape(a.shape, b.shape) ?? UNKNOWN_SHAPE;
  return {
    operands: [{ argument: call.argument(0, 'input', 'self'), value: call.tensor(0, 'input', 'self') }, ...operands],
    result: shapeOf([sizeAt(a.shape, -2), lastSize(b.shape)]),
    flops: matmulFlops(a.shape, b.shape, batched),
  };
}

function outer(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 0);
  return { operands, ...outerProduct(a.shape, b.shape) };
}

function addedOuter(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 1);
  const addend = { argument: call.argument(0, 'input', 'self'), value: call.tensor(0, 'input', 'self') };
  return { operands: [addend, ...operands], ...outerProduct(a.shape, b.shape) };
}

function outerProduct(a: Shape, b: Shape): Omit<Product, 'operands'> {
  const result = shapeOf([lastSize(a), lastSize(b)]);
  return { result, flops: elementCount(result) };
}

function inner(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 0);
  return { operands, ...innerProduct(a.shape, b.shape) };
}

/** `numpy.dot` sums over the last axis of a and the second to last of b, without broadcasting the others. */
function numpyDot(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 0);
  const small = (rankOf(a.shape) ?? 9) <= 2 && (rankOf(b.shape) ?? 9) <= 2;
  if (small) return matmul(op, call);
  const open = a.shape.open || b.shape.open;
  const result = open
    ? UNKNOWN_SHAPE
    : shapeOf([
        ...a.shape.dims.slice(0, -1),
        ...b.shape.dims.slice(0, -2),
        ...b.shape.dims.slice(-1).slice(0, b.shape.dims.length > 1 ? 1 : 0),
      ]);
  return { operands, result, flops: matmulFlops(a.shape, b.shape, result) };
}

function vecdot(op: string, call: TensorCall): Product {
  const { a, b, operands } = pair(op, call, 0);
  const axis = call.keywords.has('dim') || call.keywords.has('axis') ? call.axis(2) : -1;
  return { operands, ...vectorProducts(a.shape, b.shape, axis) };
}

function einsumProduct(call: TensorCall): Product {
  const alternating = sublists(call);
  if (alternating) return alternating;
  const text = call.text(0, 'equation', 'subscripts');
  const listed = call.positional.length === 2 ? call.items(1) : null;
  const operands = (listed ?? call.positional.slice(1)).map((argument) => ({ argument, value: call.seen(argument) }));
  const subscripts = text === null ? null : parseSubscripts(text);
  if (subscripts?.inputs.length !== operands.length) return { operands, result: UNKNOWN_SHAPE, flops: null };
  const given = operands.map((each) => each.value.shape);
  const { shape, flops } = einsum(subscripts, given);
  const asked = subscripted(subscripts, given, call.site);
  return {
    operands: operands.map(({ argument, value }, at) => ({
      argument,
      value: { ...value, shape: asked[at] ?? value.shape },
    })),
    result: shape,
    flops,
  };
}

/** `einsum(a, [0, 1], b, [1, 2], [0, 2])`: indices as numbers, each list behind its operand; null for an equation. */
function sublists(call: TensorCall): Product | null {
  const [first, second] = call.positional;
  if (!second || first?.value.kind === 'text' || !sequenceOf(second.value)) return null;
  const pairs = Math.floor(call.positional.length / 2);
  const operands = Array.from({ length: pairs }, (_, at) => ({
    argument: call.argument(2 * at),
    value: call.tensor(2 * at),
  }));
  const inputs = operands.map((_, at) => lettersOf(call, 2 * at + 1));
  const output = call.positional.length % 2 === 1 ? lettersOf(call, 2 * pairs) : '';
  const known = inputs.filter((each) => each !== null);
  if (known.length < inputs.length || output === null) return { operands, result: UNKNOWN_SHAPE, flops: null };
  const equation = known.join(',') + (call.positional.length % 2 === 1 ? `->${output}` : '');
  const subscripts = parseSubscripts(equation);
  const shapes = operands.map((each) => each.value.shape);
  const { shape, flops } = subscripts ? einsum(subscripts, shapes) : { shape: UNKNOWN_SHAPE, flops: null };
  return { operands, result: shape, flops };
}

/** Index 0 is called `A`, as torch has it; null where one is not known. */
function lettersOf(call: TensorCall, at: number): string | null {
  const sizes = sequenceOf(call.value(at))?.items;
  const letters = sizes?.map((each) => (each.kind === 'number' && each.dim ? LETTERS[numberOf(each.dim) ?? -1] : null));
  return letters?.every((each) => typeof each === 'string') === true ? letters.join('') : null;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function linear(call: TensorCall): Product {
  const input = call.tensor(0, 'input');
  const weight = call.tensor(1, 'weight');
  const bias = call.argument(2, 'bias');
  const { shape } = weight;
  const hasBias = bias !== null && bias.value.kind !== 'none';
  return {
    operands: [
      { argument: call.argument(0, 'input'), value: input },
      { argument: call.argument(1, 'weight'), value: weight },
    ],
    // A weight that is a vector takes the last dimension away.
    ...(rankOf(shape) === 1
      ? innerProduct(input.shape, shape)
      : linearProduct(input.shape, lastSize(shape), sizeAt(shape, -2), hasBias)),
  };
}

function bilinear(call: TensorCall): Product {
  const first = call.tensor(0, 'input1');
  const second = call.tensor(1, 'input2');
  const weight = call.tensor(2, 'weight');
  return {
    operands: [
      { argument: call.argument(0, 'input1'), value: first },
      { argument: call.argument(1, 'input2'), value: second },
      { argument: call.argument(2, 'weight'), value: weight },
    ],
    ...bilinearProduct(first.shape, sizeAt(weight.shape, 1), sizeAt(weight.shape, 2), sizeAt(weight.shape, 0)),
  };
}

/** `y_o = x1 · A_o · x2`: for each output a matrix-vector product and a dot product. */
export function bilinearProduct(
  first: Shape,
  in1: Dim | null,
  in2: Dim | null,
  out: Dim | null,
): Omit<Product, 'operands'> {
  const result = withLast(first, out);
  const rows = elementCount(result);
  const flops = rows && in1 && in2 ? multiply(TWO, product([rows, in1, in2])) : null;
  return { result, flops };
}

function attention(call: TensorCall): Product {
  const names = ['query', 'key', 'value'] as const;
  const [query, key, value] = names.map((name, at) => call.tensor(at, name));
  if (!query || !key || !value) return { operands: [], result: UNKNOWN_SHAPE, flops: null };
  if (call.has(3, 'attn_mask')) call.tensor(3, 'attn_mask');
  return {
    operands: names.map((name, at) => ({ argument: call.argument(at, name), value: call.tensor(at, name) })),
    ...attentionProduct(query.shape, key.shape, value.shape),
  };
}

/** A chain of matrices. What it costs is decided by its best order (see `chainOrder`) once all sizes are numbers. */
function chain(call: TensorCall): Product {
  const listed = sequenceOf(call.value(0, 'tensors', 'arrays'))?.items;
  const values = listed
    ? listed.map((each) => pick(each, 'tensor')).filter((each) => each !== null)
    : call.positional.map((_, at) => call.tensor(at));
  const operands = values.map((value, at) => ({ argument: listed ? null : call.argument(at), value }));
  const [first] = values;
  const last = values.at(-1);
  if (!first || !last || values.length < 2) return { operands, result: UNKNOWN_SHAPE, flops: null };
  const result = shapeOf([
    ...(rankOf(first.shape) === 1 ? [] : [sizeAt(first.shape, -2)]),
    ...(rankOf(last.shape) === 1 ? [] : [lastSize(last.shape)]),
  ]);
  return { operands, result, flops: chainFlops(values.map((each) => each.shape)) };
}

/** Cost of the cheapest order of a chain of matrices, by the classic dynamic programme; null unless all sizes are numbers. */
function chainFlops(shapes: readonly Shape[]): Dim | null {
  const sizes = [sizeAt(shapes[0] ?? UNKNOWN_SHAPE, -2) ?? constant(1)];
  for (const shape of shapes) {
    const size = rankOf(shape) === 1 ? (shape === shapes[0] ? lastSize(shape) : constant(1)) : lastSize(shape);
    if (!size) return null;
    sizes.push(size);
  }
  const numbers = sizes.map(numberOf).filter((each) => each !== null);
  if (numbers.length !== sizes.length) return null;
  const count = shapes.length;
  const cost = Array.from({ length: count }, () => new Array<number>(count).fill(0));
  for (let span = 1; span < count; span++) {
    for (let from = 0; from + span < count; from++) {
      let best = Infinity;
      for (let cut = from; cut < from + span; cut++) {
        const apart = (cost[from]?.[cut] ?? 0) + (cost[cut + 1]?.[from + span] ?? 0);
        best = Math.min(
          best,
          apart + 2 * (numbers[from] ?? 0) * (numbers[cut + 1] ?? 0) * (numbers[from + span + 1] ?? 0),
        );
      }
      const row = cost[from];
      if (row) row[from + span] = best;
    }
  }
  return constant(cost[0]?.[count - 1] ?? 0);
}
