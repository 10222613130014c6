/** Products of two tensors as they are written: `a @ b`, `torch.mm(a, b)`, `a.matmul(b)`. */
import type { Operation } from '../../infer/operations';
import type { TensorValue } from '../../infer/values';
import type { Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { parentOf } from './repeated';

export interface Factor {
  readonly expr: Expr;
  readonly tensor: TensorValue;
}

export interface Product {
  readonly operation: Operation;
  readonly expr: Expr;
  readonly left: Factor;
  readonly right: Factor;
}

const PRODUCTS = new Set(['@', 'matmul', 'mm', 'bmm', 'mv']);

/** Null for any other expression, for one that has further arguments, such as `out=`, and for `a @= b`. */
export function productOf(scene: FunctionScene, expr: Expr): Product | null {
  if (expr.kind !== 'binary' && expr.kind !== 'call') return null;
  const operation = scene.operationOf(expr);
  if (operation?.framework !== 'torch' || !PRODUCTS.has(operation.op)) return null;
  const [a, b, more] = operation.operands;
  if (!a?.expr || !b?.expr || more || a.expr === expr || b.expr === expr) return null;
  if (expr.kind === 'call' && expr.args.some(({ value }) => value !== a.expr && value !== b.expr)) return null;
  return {
    operation,
    expr,
    left: { expr: a.expr, tensor: a.value },
    right: { expr: b.expr, tensor: b.value },
  };
}

/** Those of a function, outermost first. */
export function productsOf(scene: FunctionScene): readonly Product[] {
  return scene.analysis.operations.flatMap((each) => productOf(scene, each.expr) ?? []);
}

/** It has so many dimensions, or more, for certain. */
export function hasAtLeast({ shape }: TensorValue, count: number): boolean {
  return shape.dims.length >= count;
}

/** It is multiplied at once: a product takes any memory layout. */
export function isFactor(scene: FunctionScene, { expr }: Product): boolean {
  const parent = parentOf(scene, expr);
  return parent !== null && productOf(scene, parent) !== null;
}
