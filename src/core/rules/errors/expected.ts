/** Code that never runs, that asks about shapes first, or that is there to fail: none of it is in error. */
import type { Expr, Span, Stmt } from '../../lower/ir';
import { walkBody, walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { expressionsAround, holds } from '../match/spans';
import type { Step } from '../match/bodyIndex';

/** Whether nothing around a place says that it is not to run as it stands. */
export function isMeant(scene: FunctionScene, place: Span): boolean {
  if (isBroken(scene) || isForFailure(scene)) return false;
  const steps = scene.index.stepsTo(place);
  const innermost = steps.at(-1);
  if (!innermost) return false;
  const inside = expressionsAround(innermost.statement, place);
  return steps.every((each) => runs(scene, each)) && inside.every((each) => isPlain(scene, each, place));
}

/** A context manager that expects an exception, or that gives operators another meaning. */
const CHANGES_MEANING = /raises|suppress|patch|mock|mode|fail|expect|vmap|warns/i;

function runs(scene: FunctionScene, { block, at, statement }: Step): boolean {
  if (block.slice(0, at).some((each) => mayEnd(scene, each))) return false;
  switch (statement.kind) {
    // What is nested is called by whoever is given it, one who expects it to fail perhaps.
    case 'def':
    case 'class':
    case 'try':
      return false;
    case 'with':
      return statement.items.every(({ context }) => !CHANGES_MEANING.test(scene.source(context)));
    case 'if':
    case 'while':
      return !isStatic(statement.test) && !asksForShapes(scene, statement.test);
    default:
      return true;
  }
}

const ENDS = /^(?:exit|_exit|quit|abort|skip|skipTest|fail|xfail)$/;

/** Whether what follows a statement in its block may never run, or only for some shapes. */
function mayEnd(scene: FunctionScene, statement: Stmt): boolean {
  switch (statement.kind) {
    case 'return':
    case 'raise':
    case 'break':
    case 'continue':
      return true;
    case 'assert':
      return statement.values.some((each) => isStatic(each) || asksForShapes(scene, each));
    case 'if':
      return isStatic(statement.test) || asksForShapes(scene, statement.test);
    case 'expr':
      return statement.value.kind === 'call' && ENDS.test(lastName(statement.value.callee));
    default:
      return false;
  }
}

function lastName(expr: Expr): string {
  return expr.kind === 'name' || expr.kind === 'attribute' ? expr.name : '';
}

/** `if False:`, `if TYPE_CHECKING:`, `while 0:` */
function isStatic(test: Expr): boolean {
  let found = false;
  walkExpr(test, (each) => {
    const isTruth = each.kind === 'constant' && each.value !== 'None' && each.value !== '...';
    if (isTruth || lastName(each) === 'TYPE_CHECKING') found = true;
  });
  return found || test.kind === 'number';
}

function asksForShapes(scene: FunctionScene, test: Expr): boolean {
  return /\b(?:shape|size|ndim|dim|len|numel|is_nested|is_sparse|\w+_(?:features|size|dim))\b/.test(scene.source(test));
}

/** A lambda runs elsewhere; of several ways one may have been chosen by the shapes. */
function isPlain(scene: FunctionScene, around: Expr, place: Span): boolean {
  switch (around.kind) {
    case 'lambda':
      return false;
    case 'conditional':
      return !isStatic(around.test) && !asksForShapes(scene, around.test);
    case 'boolean':
      // What is on its right may be there for another kind of value.
      return holds(around.left, place);
    case 'comprehension':
      return around.clauses.every((each) => each.kind === 'for' || !asksForShapes(scene, each.test));
    default:
      return true;
  }
}

/** What cannot be read may change anything. */
function isBroken(scene: FunctionScene): boolean {
  const origin = scene.file.originOf(scene.key);
  const { start, end } = scene.def;
  return scene.file.facts.broken.some((each) => each.start < end + origin && each.end > start + origin);
}

const EXPECTS_FAILURE = /\b(?:assertRaises\w*|assert_raises\w*|raises)\s*\(|\b(?:expectedFailure|xfail)\b/;

/** A test of a failure, or a function that such a test may call. */
function isForFailure(scene: FunctionScene): boolean {
  if (scene.def.decorators.some((each) => /xfail|expectedFailure|skip/i.test(scene.source(each)))) return true;
  if (scene.key === '') return false;
  const { name } = scene.def;
  return scene.ask(({ text }) => EXPECTS_FAILURE.test(text) && text.split(new RegExp(`\\b${name}\\b`)).length > 2);
}

const RESHAPES_IN_PLACE =
  /^(?:resize_|resize_as_|t_|transpose_|swapaxes_|swapdims_|squeeze_|unsqueeze_|set_|as_strided_|swap_tensors)$/;

/** Whether a tensor may get another shape without being assigned: then no name says for certain what it holds. */
export function reshapesInPlace(scene: FunctionScene): boolean {
  let found = false;
  walkBody(scene.def.body, (each) => {
    if (each.kind !== 'call') return;
    if (RESHAPES_IN_PLACE.test(lastName(each.callee)) || each.args.some(({ name }) => name === 'out')) found = true;
  });
  walkStatements(scene.def.body, (each) => {
    const targets = each.kind === 'assign' ? each.targets : [];
    // `x.data = y`
    if (targets.some((target) => target.kind === 'attribute' && /^(?:data|shape)$/.test(target.name))) found = true;
  });
  return found;
}
