/** Whether a name has one and the same value, unchanged, at two places. */
import { namesIn } from '../../infer/evaluate/expressions';
import type { Expr, Span, Stmt } from '../../lower/ir';
import { expressionsOf, mentions, walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { stepsTo } from './steps';

/** The places must stand in one block, in this order; of other ones nobody knows that both run. */
export function isUnchanged(scene: FunctionScene, name: string, first: Span, second: Span): boolean {
  const [from, to] = [first, second].map((each) => stepsTo(scene.def.body, each).at(-1));
  if (from?.block !== to?.block || !from || !to || from.at > to.at) return false;
  const between = from.block.slice(from.at, to.at);
  return !between.some((each) => binds(each, name)) && !writesIn([...between, to.statement], name);
}

function binds(statement: Stmt, name: string): boolean {
  let found = false;
  walkStatements([statement], (each) => {
    if (boundBy(each).includes(name)) found = true;
  });
  return found;
}

function boundBy(statement: Stmt): readonly string[] {
  switch (statement.kind) {
    case 'assign':
      return statement.value ? statement.targets.flatMap(namesIn) : [];
    case 'augment':
    case 'for':
      return namesIn(statement.target);
    case 'with':
      return statement.items.flatMap(({ target }) => (target ? namesIn(target) : []));
    case 'try':
      return statement.handlers.flatMap((each) => (each.name === null ? [] : [each.name]));
    case 'match':
      return statement.cases.flatMap((each) => each.names);
    case 'delete':
      return statement.targets.flatMap(namesIn);
    case 'import':
      return statement.imports.map((each) => each.bound);
    case 'def':
    case 'class':
      return [statement.name];
    case 'global':
    case 'nonlocal':
      return statement.names;
    default:
      return [];
  }
}

/** `x[0] = 1`, `x.data = y`, `x.add_(1)`, `f(out=x)`, `(x := y)` */
function writesIn(statements: readonly Stmt[], name: string): boolean {
  let found = false;
  walkStatements(statements, (each) => {
    const targets = each.kind === 'assign' ? each.targets : each.kind === 'augment' ? [each.target] : [];
    if (targets.some((target) => !isBinding(target) && mentions(target, name))) found = true;
    for (const part of expressionsOf(each)) if (writes(part, name)) found = true;
  });
  return found;
}

function isBinding(target: Expr): boolean {
  return (
    target.kind === 'name' || ((target.kind === 'tuple' || target.kind === 'list') && target.items.every(isBinding))
  );
}

function writes(expr: Expr, name: string): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'walrus' && each.name === name) found = true;
    if (each.kind !== 'call') return;
    const { callee, args } = each;
    if (callee.kind === 'attribute' && /[^_]_$/.test(callee.name) && mentions(callee.object, name)) found = true;
    if (args.some((given) => given.name === 'out' && mentions(given.value, name))) found = true;
  });
  return found;
}
