/** What stands behind a name, and whether it may be moved to where the name is used. */
import type { AssignStmt, Expr, Span } from '../../lower/ir';
import { walkExpr } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { definitionOf } from './definitions';
import type { Definition } from './definitions';

/** The value that a name was certainly given, else the expression itself. It may have changed since: see {@link holdsAt}. */
export function meaningOf(scene: FunctionScene, expr: Expr): Expr {
  if (expr.kind !== 'name') return expr;
  const found = definitionOf(scene, expr.name, expr);
  return found?.kind === 'value' && found.positions.length === 0 ? found.value : expr;
}

/** The assignment of a name that is read at one place only, where that place may have its value instead. */
export function onlyUse(scene: FunctionScene, expr: Expr): AssignStmt | null {
  if (expr.kind !== 'name') return null;
  const { index } = scene;
  const value = meaningOf(scene, expr);
  // It is bound once and read once.
  if (value === expr || index.mentions(expr.name).length !== 2 || !holdsAt(scene, value, expr)) return null;
  const binding = index.lastBinding(expr.name, 0, expr.start);
  return binding?.kind === 'assign' && binding.value === value && binding.targets.length === 1 ? binding : null;
}

/** Whether an expression, were it evaluated at a later place, would be made of the same values. */
export function holdsAt(scene: FunctionScene, expr: Expr, place: Span): boolean {
  const { names, attributes } = partsOfValue(expr);
  const { index } = scene;
  return (
    names.every((name) => isSame(definitionOf(scene, name, expr), definitionOf(scene, name, place))) &&
    names.every((name) => index.lastWrite(name, expr.end, place.start) === null) &&
    !attributes.some((name) => index.assignsAttribute(name, expr.end, place.start))
  );
}

/** The names that an expression reads, and those of the attributes. */
export function partsOfValue(expr: Expr): {
  readonly names: readonly string[];
  readonly attributes: readonly string[];
} {
  const names = new Set<string>();
  const attributes = new Set<string>();
  walkExpr(expr, (each) => {
    if (each.kind === 'name') names.add(each.name);
    if (each.kind === 'attribute') attributes.add(each.name);
  });
  return { names: [...names], attributes: [...attributes] };
}

function isSame(one: Definition | null, other: Definition | null): boolean {
  if (one?.kind !== other?.kind || !one || !other) return false;
  return one.kind !== 'value' || (other.kind === 'value' && one.value === other.value);
}
