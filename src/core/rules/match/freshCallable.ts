/** Functions that are made where they stand: another object each time, of which nothing is remembered. */
import type { CallExpr, Expr, Span } from '../../lower/ir';
import { walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { meaningOf } from './meaning';
import { qualifiedNameOf } from './qualified';
import { holds } from './spans';

const TRANSFORMS = /^jax\.(?:grad|value_and_grad|vmap|jacfwd|jacrev|hessian|linearize|checkpoint|remat)$/;

/**
 * What a callable is that is certainly made within a span, in words that follow a verb; null where it may be one
 * that was there before.
 */
export function freshness(scene: FunctionScene, expr: Expr, within: Span): string | null {
  const value = meaningOf(scene, expr);
  if (value.kind === 'lambda') return holds(within, value) ? 'a lambda' : null;
  if (value.kind === 'call') {
    const name = holds(within, value) ? qualifiedNameOf(scene, value.callee) : null;
    if (name === 'functools.partial') return 'a `functools.partial`';
    return name !== null && isTransform(scene, value) ? `a \`${name}(...)\`` : null;
  }
  if (value.kind === 'name') return isNestedFunction(scene, value.name, within) ? 'a nested function' : null;
  if (value.kind !== 'attribute') return null;
  const method = scene.valueOf(value);
  return method.kind === 'function' && method.self?.kind === 'instance' ? 'a bound method' : null;
}

/** `jax.grad(f)`: a function that is made of another one. */
export function isTransform(scene: FunctionScene, { callee }: CallExpr): boolean {
  return TRANSFORMS.test(qualifiedNameOf(scene, callee) ?? '');
}

function isNestedFunction({ def }: FunctionScene, name: string, within: Span): boolean {
  let defined = 0;
  let inside = true;
  walkStatements(def.body, (each) => {
    if (each.kind !== 'def' || each.name !== name) return;
    defined++;
    if (each === def || !holds(within, each)) inside = false;
  });
  return defined === 1 && inside;
}
