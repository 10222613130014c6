/** The products of a function whose operands' shapes are looked at, first by what is likely, then by what is certain. */
import type { Operation } from '../../infer/operations';
import { UNKNOWN_SHAPE } from '../../infer/shapes';
import type { Shape } from '../../infer/shapes';
import type { CallExpr, Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { isMeant, reshapesInPlace } from './expected';
import { importedName } from './imported';
import { CertainValues } from './values';

export interface Operand {
  readonly expr: Expr | null;
  readonly shape: Shape;
}

/** Finds an error in the shapes of the operands of an operation; null: there is none. */
export type Judge<T> = (op: string, shapes: readonly Shape[], operation: Operation) => T | null;

export interface Judged<T> {
  readonly operation: Operation;
  readonly operands: readonly Operand[];
  readonly error: T;
}

/**
 * The products of torch of which an error is certain. What is only likely is asked first: that is known already,
 * and mostly there is nothing to be found.
 */
export function certainErrors<T>(scene: FunctionScene, judge: Judge<T>): readonly Judged<T>[] {
  const suspects = scene.analysis.operations.filter(
    (each) =>
      each.kind === 'op' &&
      each.framework === 'torch' &&
      judge(
        each.op,
        each.operands.map(({ value }) => value.shape),
        each,
      ) !== null,
  );
  if (suspects.length === 0 || reshapesInPlace(scene)) return [];
  const values = new CertainValues(scene);
  return suspects.flatMap((operation) => {
    const operands = certainOperands(values, operation);
    if (!operands || !isTorchs(values, operation)) return [];
    const error = judge(
      operation.op,
      operands.map(({ shape }) => shape),
      operation,
    );
    return error !== null && isMeant(scene, operation) ? [{ operation, operands, error }] : [];
  });
}

/** Null where one of the factors may be no plain tensor: what an object of another class does is its own affair. */
function certainOperands(values: CertainValues, { op, operands, expr }: Operation): readonly Operand[] | null {
  const isListed = expr.kind === 'call' && operands.some((each) => each.expr === null);
  const listed = isListed ? listedOperands(expr) : null;
  const exprs = listed?.length === operands.length ? listed : operands.map((each) => each.expr);
  const factors = /^(?:sparse\.)?add/.test(op) ? exprs.slice(1) : exprs;
  if (factors.some((each) => each === null || values.valueOf(each).kind !== 'tensor')) return null;
  return exprs.map((each) => ({ expr: each, shape: each ? values.shapeOf(each) : UNKNOWN_SHAPE }));
}

/** An operator, a function under its imported name, or a method of a tensor: not one that is only named so. */
function isTorchs(values: CertainValues, { expr, op }: Operation): boolean {
  if (op === '@' || expr.kind !== 'call') return op === '@';
  if (importedName(values.scene, expr.callee)?.startsWith('torch.') === true) return true;
  return expr.callee.kind === 'attribute' && values.valueOf(expr.callee.object).kind === 'tensor';
}

/** The operands that a call is given as a list that is written out: `multi_dot([a, b, c])`. */
export function listedOperands({ args }: CallExpr): readonly Expr[] | null {
  for (const { name, value } of args) {
    const isList = value.kind === 'list' || value.kind === 'tuple';
    if (name === null && isList && value.items.every((each) => each.kind !== 'starred')) return value.items;
  }
  return null;
}
