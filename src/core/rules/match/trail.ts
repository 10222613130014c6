/** The way back from where a name is read to what it was made of, statement by statement. */
import type { AssignStmt, AugmentStmt, ExprStmt, Expr, IfStmt, NameExpr, Span, Stmt } from '../../lower/ir';
import { expressionsOf, walkBody, walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { binds, definitionOf } from './definitions';
import { writesTo } from './meaning';
import { holds, stepsTo } from './steps';

/** What gave a name its value before a place, or changed it. */
export type Step = AssignStmt | AugmentStmt | ExprStmt | IfStmt;

/** The last statement that binds a name before a place or writes to what it names; null where none is certain. */
export function lastStep(scene: FunctionScene, name: string, place: Span): Step | null {
  const names = new Set([name]);
  const steps = stepsTo(scene.def.body, place);
  for (const { block, at, statement } of steps.toReversed()) {
    // What an earlier turn of a loop has left, or a body that broke off, is not followed.
    if (/^(?:for|while|try|match|def|class)$/.test(statement.kind)) return null;
    for (const before of block.slice(0, at).toReversed()) {
      if (!changes(before, name, names)) continue;
      switch (before.kind) {
        case 'assign':
        case 'augment':
        case 'expr':
        case 'if':
          return before;
        default:
          return null;
      }
    }
  }
  return null;
}

/** Whether a statement, or one in it, binds a name or writes to what it names. */
export function changes(statement: Stmt, name: string, names: ReadonlySet<string> = new Set([name])): boolean {
  if (binds(statement, name)) return true;
  let found = false;
  walkStatements([statement], (each) => {
    if (each.kind !== 'def' && each.kind !== 'class' && expressionsOf(each).some((part) => writesTo(part, names)))
      found = true;
    if ((each.kind === 'assign' || each.kind === 'augment') && targetsOf(each).some((target) => isPartOf(target, name)))
      found = true;
  });
  return found;
}

/** Whether something between two places changes what an expression is made of. */
export function changesBetween(between: readonly Stmt[], expr: Expr): boolean {
  const names = new Set<string>();
  const attributes = new Set<string>();
  walkExpr(expr, (each) => {
    if (each.kind === 'name') names.add(each.name);
    if (each.kind === 'attribute') attributes.add(each.name);
  });
  let changed = false;
  for (const each of between) {
    if ([...names].some((name) => changes(each, name))) changed = true;
    walkStatements([each], (inner) => {
      if (inner.kind !== 'assign' && inner.kind !== 'augment') return;
      if (targetsOf(inner).some((target) => target.kind === 'attribute' && attributes.has(target.name))) changed = true;
    });
  }
  return changed;
}

function targetsOf(statement: AssignStmt | AugmentStmt): readonly Expr[] {
  return statement.kind === 'assign' ? statement.targets : [statement.target];
}

function isPartOf(target: Expr, name: string): boolean {
  if (target.kind === 'attribute' || target.kind === 'subscript')
    return target.object.kind === 'name' ? target.object.name === name : isPartOf(target.object, name);
  return false;
}

/** What asks for the form of a tensor and not for its numbers. */
const FORM = new Set(['dtype', 'shape', 'device', 'ndim', 'size', 'dim']);

/** How the values that a name was given on a trail are read beside it. */
export type OtherUse = 'none' | 'form' | 'value';

/**
 * @param own every reading and binding of the names that belongs to the trail
 * @param values what the names were given on it
 * @param spans where a question for the form of a tensor is a part of the trail
 */
export function otherUse(
  scene: FunctionScene,
  names: ReadonlySet<string>,
  own: ReadonlySet<Expr>,
  values: ReadonlySet<Expr>,
  spans: readonly Span[],
): OtherUse {
  const forms = new Set<Expr>();
  const others: NameExpr[] = [];
  let use: OtherUse = 'none';
  walkBody(scene.def.body, (each) => {
    if (each.kind === 'attribute' && FORM.has(each.name)) forms.add(each.object);
    if (each.kind === 'walrus' && names.has(each.name)) use = 'value';
    if (each.kind === 'name' && names.has(each.name) && !own.has(each)) others.push(each);
  });
  for (const each of others) {
    if (isForeign(scene, each, values)) continue;
    if (!forms.has(each)) return 'value';
    if (use === 'none' && !spans.some((span) => holds(span, each))) use = 'form';
  }
  return use;
}

/** The name means something else there: it is bound there, or was bound anew since. */
function isForeign({ def }: FunctionScene, expr: NameExpr, values: ReadonlySet<Expr>): boolean {
  const statement = stepsTo(def.body, expr).at(-1)?.statement;
  if (statement?.kind === 'assign' && statement.targets.includes(expr)) return true;
  const parameters = def.parameters.map((each) => each.name);
  const found = definitionOf(def.body, parameters, expr.name, expr);
  if (found === null) return false;
  return found.kind !== 'value' || !values.has(found.value);
}
