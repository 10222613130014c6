/** Whether a name has one and the same value, unchanged, at two places. */
import type { Expr, Span, Stmt } from '../../lower/ir';
import { expressionsOf, mentions, walkExpr, walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { binds } from './definitions';
import { writesTo } from './meaning';
import { stepsTo } from './steps';

/** The places must stand in one block, in this order; of other ones nobody knows that both run. */
export function isUnchanged(scene: FunctionScene, name: string, first: Span, second: Span): boolean {
  const [from, to] = [first, second].map((each) => stepsTo(scene.def.body, each).at(-1));
  if (from?.block !== to?.block || !from || !to || from.at > to.at) return false;
  const between = from.block.slice(from.at, to.at);
  return !between.some((each) => binds(each, name)) && !writesIn([...between, to.statement], name);
}

/** `x[0] = 1`, `x.data = y`, `x.add_(1)`, `f(out=x)`, `(x := y)`; or other functions may bind it. */
function writesIn(statements: readonly Stmt[], name: string): boolean {
  const names = new Set([name]);
  let found = false;
  walkStatements(statements, (each) => {
    if ((each.kind === 'global' || each.kind === 'nonlocal') && each.names.includes(name)) found = true;
    const targets = each.kind === 'assign' ? each.targets : each.kind === 'augment' ? [each.target] : [];
    if (targets.some((target) => !isBinding(target) && mentions(target, name))) found = true;
    for (const part of expressionsOf(each)) if (writesTo(part, names) || isWalrusOf(part, name)) found = true;
  });
  return found;
}

function isBinding(target: Expr): boolean {
  return (
    target.kind === 'name' || ((target.kind === 'tuple' || target.kind === 'list') && target.items.every(isBinding))
  );
}

function isWalrusOf(expr: Expr, name: string): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'walrus' && each.name === name) found = true;
  });
  return found;
}
