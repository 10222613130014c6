/** Chains of matrix products: their factors, what an order costs, and the cheapest order. */
import { numberOf } from '../infer/dims';
import { lastSize, rankOf, sizeAt } from '../infer/shapes';
import type { Size } from '../infer/shapes';
import type { TensorValue } from '../infer/values';
import type { Expr } from '../lower/ir';
import { isPure } from './purity';
import type { FunctionScene } from './scene';

export interface Factor {
  readonly expr: Expr;
  readonly tensor: TensorValue;
}

/** A way to multiply: a factor by its index, or the product of two. */
export type Order = number | readonly [Order, Order];

/** Two-operand products whose operands may be re-associated. */
const ASSOCIATIVE = new Set(['@', 'matmul', 'mm', 'mv']);

/** The factors of a product in the order of the text, with the order in which the code multiplies them. */
export function factorsOf(
  scene: FunctionScene,
  expr: Expr,
): { readonly factors: readonly Factor[]; readonly order: Order } | null {
  const factors: Factor[] = [];
  const visit = (each: Expr): Order | null => {
    const operation = scene.operationOf(each);
    const [a, b] = operation?.operands ?? [];
    // `a @= b` is an operation that stands at its own operand.
    if (a?.expr === each || b?.expr === each) return null;
    // Another argument, such as `out=`, has an effect that operators have not.
    if (each.kind === 'call' && each.args.some(({ value }) => value !== a?.expr && value !== b?.expr)) return null;
    if (
      operation?.framework === 'torch' &&
      ASSOCIATIVE.has(operation.op) &&
      a?.expr &&
      b?.expr &&
      operation.operands.length === 2
    ) {
      const left = visit(a.expr);
      const right = left === null ? null : visit(b.expr);
      return left === null || right === null ? null : [left, right];
    }
    const tensor = scene.tensorOf(each);
    // In another order, what changes a tensor in place would do so before or after it is read.
    if (!tensor || !isPure(scene, each)) return null;
    factors.push({ expr: each, tensor });
    return factors.length - 1;
  };
  const order = visit(expr);
  return order === null || factors.length < 3 || factors.length > 8 ? null : { factors, order };
}

/**
 * The sizes between which a chain of matrices maps: `(n0, n1), (n1, n2), ...`; a last factor that is a
 * vector has one column. Null where a factor has another rank: batches and leading vectors associate by
 * other rules.
 */
export function chainSizes(factors: readonly Factor[]): readonly Size[] | null {
  const sizes: Size[] = [];
  for (const [at, { tensor }] of factors.entries()) {
    const rank = rankOf(tensor.shape);
    const vector = rank === 1 && at === factors.length - 1;
    if (rank !== 2 && !vector) return null;
    if (at === 0) sizes.push(sizeAt(tensor.shape, 0));
    const inner = vector ? lastSize(tensor.shape) : sizeAt(tensor.shape, 0);
    if (at > 0) sizes[at] = sizes[at] ?? inner;
    sizes.push(vector ? null : lastSize(tensor.shape));
  }
  return sizes;
}

export function endsInVector(factors: readonly Factor[]): boolean {
  const last = factors.at(-1);
  return last !== undefined && rankOf(last.tensor.shape) === 1;
}

/** From right to left: `A @ (B @ v)`. */
export function rightToLeft(count: number): Order {
  let order: Order = count - 1;
  for (let at = count - 2; at >= 0; at--) order = [at, order];
  return order;
}

/** Multiplications of an order; null where a size is not a number. @param columns of a last factor that is a vector */
export function costOf(order: Order, sizes: readonly Size[], vector: boolean): number | null {
  const numbers = sizes.map((each, at) =>
    vector && at === sizes.length - 1 ? 1 : each === null ? null : numberOf(each),
  );
  if (numbers.some((each) => each === null)) return null;
  const visit = (each: Order): { from: number; to: number; cost: number } => {
    if (typeof each === 'number') return { from: each, to: each + 1, cost: 0 };
    const [a, b] = [visit(each[0]), visit(each[1])];
    const size = (at: number): number => numbers[at] ?? 0;
    return { from: a.from, to: b.to, cost: a.cost + b.cost + size(a.from) * size(a.to) * size(b.to) };
  };
  return visit(order).cost;
}

/** The order with the fewest multiplications, by the classic dynamic programme; null where a size is unknown. */
export function cheapestOrder(count: number, sizes: readonly Size[], vector: boolean): Order | null {
  const best = new Map<string, { order: Order; cost: number }>();
  for (let length = 1; length <= count; length++) {
    for (let from = 0; from + length <= count; from++) {
      const to = from + length;
      if (length === 1) best.set(`${from}:${to}`, { order: from, cost: 0 });
      for (let split = from + 1; split < to; split++) {
        const [a, b] = [best.get(`${from}:${split}`), best.get(`${split}:${to}`)];
        if (!a || !b) return null;
        const step = costOf(
          [0, 1],
          [sizes[from] ?? null, sizes[split] ?? null, sizes[to] ?? null],
          vector && to === count,
        );
        if (step === null) return null;
        const cost = a.cost + b.cost + step;
        const known = best.get(`${from}:${to}`);
        if (!known || cost < known.cost) best.set(`${from}:${to}`, { order: [a.order, b.order], cost });
      }
    }
  }
  return best.get(`0:${count}`)?.order ?? null;
}
