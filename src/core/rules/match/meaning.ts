/** What stands behind a name, and whether it may be moved to where the name is used. */
import type { AssignStmt, Expr, Span } from '../../lower/ir';
import { expressionsOf, mentions, walkBody, walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { definitionOf } from './definitions';
import type { Definition } from './definitions';

/** The value that a name was certainly given, else the expression itself. It may have changed since: see {@link holdsAt}. */
export function meaningOf(scene: FunctionScene, expr: Expr): Expr {
  if (expr.kind !== 'name') return expr;
  const found = definition(scene, expr.name, expr);
  return found?.kind === 'value' && found.positions.length === 0 ? found.value : expr;
}

/** The assignment of a name that is read at one place only, where that place may have its value instead. */
export function onlyUse(scene: FunctionScene, expr: Expr): AssignStmt | null {
  if (expr.kind !== 'name') return null;
  const value = meaningOf(scene, expr);
  let times = 0;
  walkBody(scene.def.body, (each) => {
    if ((each.kind === 'name' || each.kind === 'walrus') && each.name === expr.name) times++;
  });
  // It is bound once and read once.
  if (value === expr || times !== 2 || !holdsAt(scene, value, expr)) return null;
  const found: AssignStmt[] = [];
  walkStatements(scene.def.body, (each) => {
    if (each.kind === 'assign' && each.value === value && each.targets.length === 1) found.push(each);
  });
  return found[0] ?? null;
}

/** Whether an expression, were it evaluated at a later place, would be made of the same values. */
export function holdsAt(scene: FunctionScene, expr: Expr, place: Span): boolean {
  const names = new Set<string>();
  const attributes = new Set<string>();
  walkExpr(expr, (each) => {
    if (each.kind === 'name') names.add(each.name);
    if (each.kind === 'attribute') attributes.add(each.name);
  });
  for (const name of names) if (!isSame(definition(scene, name, expr), definition(scene, name, place))) return false;
  let written = false;
  const isTarget = (target: Expr): boolean =>
    (target.kind === 'attribute' && attributes.has(target.name)) ||
    (target.kind !== 'name' && [...names].some((name) => mentions(target, name)));
  walkStatements(scene.def.body, (each) => {
    if (each.end <= expr.end || each.start >= place.start) return;
    if (each.kind === 'assign' && each.targets.some(isTarget)) written = true;
    if (
      each.kind === 'augment' &&
      (isTarget(each.target) || (each.target.kind === 'name' && names.has(each.target.name)))
    )
      written = true;
    for (const part of expressionsOf(each)) if (writesTo(part, names)) written = true;
  });
  return !written;
}

/** `x.add_(1)` and `torch.mm(a, b, out=x)` change what they are called on or given. */
export function writesTo(expr: Expr, names: ReadonlySet<string>): boolean {
  const isMentioned = (each: Expr): boolean => [...names].some((name) => mentions(each, name));
  let writes = false;
  walkExpr(expr, (each) => {
    if (each.kind !== 'call') return;
    const { callee, args } = each;
    if (callee.kind === 'attribute' && /[^_]_$/.test(callee.name) && isMentioned(callee.object)) writes = true;
    if (args.some(({ name, value }) => name === 'out' && isMentioned(value))) writes = true;
  });
  return writes;
}

function definition({ def }: FunctionScene, name: string, place: Span): Definition | null {
  return definitionOf(
    def.body,
    def.parameters.map((each) => each.name),
    name,
    place,
  );
}

function isSame(one: Definition | null, other: Definition | null): boolean {
  if (one?.kind !== other?.kind || !one || !other) return false;
  return one.kind !== 'value' || (other.kind === 'value' && one.value === other.value);
}
