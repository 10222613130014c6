/** The way back from where a name is read to what it was made of, statement by statement. */
import type { AssignStmt, AugmentStmt, ExprStmt, Expr, IfStmt, NameExpr, Span, Stmt } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import type { BodyIndex } from './bodyIndex';
import { definitionOf } from './definitions';
import { partsOfValue } from './meaning';
import { parentOf } from './repeated';
import { holds } from './spans';

/** What gave a name its value before a place, or changed it. */
export type Step = AssignStmt | AugmentStmt | ExprStmt | IfStmt;

/** The last statement that binds a name before a place or writes to what it names; null where none is certain. */
export function lastStep(scene: FunctionScene, name: string, place: Span): Step | null {
  const { index } = scene;
  for (let step = index.stepAt(place); step; step = step.outer) {
    const { block, statement } = step;
    // What an earlier turn of a loop has left, or a body that broke off, is not followed.
    if (/^(?:for|while|try|match|def|class)$/.test(statement.kind)) return null;
    const change = lastChange(scene, name, block[0]?.start ?? 0, statement.start);
    if (change) return stepOf(blockStatement(index, block, change));
  }
  return null;
}

function lastChange({ index }: FunctionScene, name: string, from: number, to: number): Stmt | null {
  const [binding, write] = [index.lastBinding(name, from, to), index.lastWrite(name, from, to)];
  return binding && write ? (binding.start < write.start ? write : binding) : (binding ?? write);
}

/** The statement of a block that is or holds another one. */
function blockStatement(index: BodyIndex, block: readonly Stmt[], inner: Stmt): Stmt | null {
  for (let step = index.stepAt(inner); step; step = step.outer) if (step.block === block) return step.statement;
  return null;
}

function stepOf(statement: Stmt | null): Step | null {
  switch (statement?.kind) {
    case 'assign':
    case 'augment':
    case 'expr':
    case 'if':
      return statement;
    default:
      return null;
  }
}

/** Whether a statement, or one in it, binds a name or writes to what it names. */
export function changes(scene: FunctionScene, { start, end }: Span, name: string): boolean {
  return lastChange(scene, name, start, end) !== null;
}

/** Whether one of some statements changes what an expression is made of. */
export function changesIn(scene: FunctionScene, statements: readonly Stmt[], expr: Expr): boolean {
  const { names, attributes } = partsOfValue(expr);
  return statements.some(
    (each) =>
      names.some((name) => changes(scene, each, name)) ||
      attributes.some((name) => scene.index.assignsAttribute(name, each.start, each.end)),
  );
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
  let use: OtherUse = 'none';
  for (const each of [...names].flatMap((name) => scene.index.mentions(name))) {
    if (each.kind === 'walrus') return 'value';
    if (own.has(each) || isForeign(scene, each, values)) continue;
    const parent = parentOf(scene, each);
    if (parent?.kind !== 'attribute' || !FORM.has(parent.name)) return 'value';
    if (!spans.some((span) => holds(span, each))) use = 'form';
  }
  return use;
}

/** The name means something else there: it is bound there, or was bound anew since. */
function isForeign(scene: FunctionScene, expr: NameExpr, values: ReadonlySet<Expr>): boolean {
  const statement = scene.index.stepAt(expr)?.statement;
  if (statement?.kind === 'assign' && statement.targets.includes(expr)) return true;
  const found = definitionOf(scene, expr.name, expr);
  if (found === null) return false;
  return found.kind !== 'value' || !values.has(found.value);
}
