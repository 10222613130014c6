/** The two products of an attention: queries with keys, and weights with values. */
import { rankOf } from '../../infer/shapes';
import { isOwnProduct } from '../../infer/operations';
import type { Expr } from '../../lower/ir';
import { integerLiteral } from '../literals';
import type { FunctionScene } from '../scene';
import { looseTorchCall } from './attentionLayers';
import { einsumOf } from './einsumCall';
import { meaningOf } from './meaning';

/** Where the dimensions of an operand go, by its own positions; null: they stay. */
export type Order = readonly number[] | null;

export interface ScoreProduct {
  readonly query: Expr;
  /** With its rows as they were before they became columns. */
  readonly key: Expr;
  readonly queryOrder: Order;
  readonly keyOrder: Order;
  /** The key is transposed by its code; else what it is called stands for the transposed one. */
  readonly transposed: 'inside' | 'before';
  /** That these are its last two dimensions is certain. */
  readonly certain: boolean;
  /** No operand can be a vector. */
  readonly ranked: boolean;
}

export interface ValueProduct {
  readonly weights: Expr;
  readonly value: Expr;
  readonly valueOrder: Order;
  /** From what attention gives to what the code gives. */
  readonly outputOrder: Order;
  /** No operand can be a vector. */
  readonly ranked: boolean;
}

/** `q @ k.transpose(-2, -1)`, a batched product, or an einsum over the last dimension of both. */
export function scoreProduct(scene: FunctionScene, expr: Expr): ScoreProduct | null {
  const einsum = einsumOf(scene, expr);
  if (einsum) {
    const [query, key, more] = einsum.operands;
    const [a, b] = einsum.inputs;
    const batch = einsum.output.slice(0, -2);
    const [i, j] = einsum.output.slice(-2);
    if (!query || !key || more || !a || !b || i === undefined || j === undefined) return null;
    const summed = a.filter((each) => !einsum.output.includes(each));
    const [d] = summed;
    if (d === undefined || summed.length !== 1 || d === '...') return null;
    // The einsum names the queries second: `'bjd,bid->bij'`.
    const swapped = b.includes(i);
    const [q, k] = swapped ? [b, a] : [a, b];
    const queryOrder = orderOf(q, [...batch, i, d]);
    const keyOrder = orderOf(k, [...batch, j, d]);
    if (queryOrder === undefined || keyOrder === undefined) return null;
    const operands = swapped ? { query: key, key: query } : { query, key };
    return { ...operands, queryOrder, keyOrder, transposed: 'inside', certain: true, ranked: true };
  }
  const operands = operandsOf(scene, expr);
  if (!operands) return null;
  const { left, right, rank, ranked } = operands;
  const inside = transposedOf(scene, right, rank);
  if (inside) return { query: left, ...inside, queryOrder: null, keyOrder: null, transposed: 'inside', ranked };
  const meaning = meaningOf(scene, right);
  const before = meaning === right ? null : transposedOf(scene, meaning, rank);
  if (!before) return null;
  return { query: left, key: right, queryOrder: null, keyOrder: null, transposed: 'before', certain: true, ranked };
}

/** Weights times values. */
export function valueProduct(scene: FunctionScene, expr: Expr): ValueProduct | null {
  const einsum = einsumOf(scene, expr);
  if (einsum) {
    const [first, second, more] = einsum.operands;
    const [a, b] = einsum.inputs;
    if (!first || !second || more || !a || !b) return null;
    return weighted(first, a, second, b, einsum.output) ?? weighted(second, b, first, a, einsum.output);
  }
  const operands = operandsOf(scene, expr);
  if (!operands) return null;
  return {
    weights: operands.left,
    value: operands.right,
    valueOrder: null,
    outputOrder: null,
    ranked: operands.ranked,
  };
}

function weighted(
  weights: Expr,
  w: readonly string[],
  value: Expr,
  v: readonly string[],
  output: readonly string[],
): ValueProduct | null {
  const batch = w.slice(0, -2);
  const [i, j] = w.slice(-2);
  if (i === undefined || j === undefined || output.includes(j)) return null;
  const own = v.filter((each) => !w.includes(each));
  const [e] = own;
  if (e === undefined || own.length !== 1 || e === '...') return null;
  const valueOrder = orderOf(v, [...batch, j, e]);
  const outputOrder = orderOf([...batch, i, e], output);
  return valueOrder === undefined || outputOrder === undefined
    ? null
    : { weights, value, valueOrder, outputOrder, ranked: true };
}

/** How indices must be moved to come in another order; undefined where they are not the same ones. */
function orderOf(from: readonly string[], to: readonly string[]): Order | undefined {
  if (from.length !== to.length || new Set(from).size !== from.length) return undefined;
  const order = to.map((each) => from.indexOf(each));
  if (order.some((each) => each < 0) || new Set(order).size !== order.length) return undefined;
  if (order.every((each, at) => each === at)) return null;
  // Of how many dimensions an ellipsis stands for nothing is known.
  return from.includes('...') ? undefined : order;
}

function operandsOf(
  scene: FunctionScene,
  expr: Expr,
): { readonly left: Expr; readonly right: Expr; readonly rank: number | null; readonly ranked: boolean } | null {
  if (expr.kind !== 'binary' && expr.kind !== 'call') return null;
  const operation = scene.operationOf(expr);
  if (!operation || !isOwnProduct(operation) || !/^(?:@|matmul|bmm|mm)$/.test(operation.op)) return null;
  const [a, b, more] = operation.operands;
  if (!a?.expr || !b?.expr || more || a.expr === expr) return null;
  if (expr.kind === 'call' && expr.args.some(({ value }) => value !== a.expr && value !== b.expr)) return null;
  const rank =
    operation.op === 'bmm' ? 3 : operation.op === 'mm' ? 2 : (rankOf(a.value.shape) ?? rankOf(b.value.shape));
  return { left: a.expr, right: b.expr, rank, ranked: operation.op === 'bmm' || operation.op === 'mm' };
}

/** What is transposed in its last two dimensions. @param rank of the product's operands, where that is known */
function transposedOf(
  scene: FunctionScene,
  expr: Expr,
  rank: number | null,
): { readonly key: Expr; readonly certain: boolean } | null {
  if (expr.kind === 'attribute') {
    if (expr.name === 'mT') return { key: expr.object, certain: true };
    return expr.name === 'T' && (rank === null || rank === 2) ? { key: expr.object, certain: rank === 2 } : null;
  }
  const call = looseTorchCall(scene, expr);
  const key = call?.positional[0];
  if (!call || !key) return null;
  if (call.name === 't' && call.count === 1) return { key, certain: true };
  const dims = call.positional.slice(1).map(integerLiteral);
  const own = scene.tensorOf(key)?.shape;
  const known = rank ?? (own ? rankOf(own) : null);
  if (/^(?:transpose|swapaxes|swapdims)$/.test(call.name) && dims.length === 2) {
    const [a, b] = dims.map((each) => each ?? Infinity).toSorted((x, y) => x - y);
    if (a === -2 && b === -1) return { key, certain: true };
    if (a === undefined || b !== a + 1 || a < 0) return null;
    return known === null || known === b + 1 ? { key, certain: known !== null } : null;
  }
  if (call.name !== 'permute') return null;
  const last = dims.length - 1;
  const swaps = dims.every((each, at) => each === (at === last ? last - 1 : at === last - 1 ? last : at));
  return swaps && last > 0 ? { key, certain: true } : null;
}
