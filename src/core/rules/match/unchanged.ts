/** Whether a name has one and the same value, unchanged, at two places. */
import type { Expr, Span } from '../../lower/ir';
import { expressionsOf, walkExpr } from '../../lower/walk';
import type { FunctionScene } from '../scene';

/** The places must stand in one block, in this order; of other ones nobody knows that both run. */
export function isUnchanged({ index }: FunctionScene, name: string, first: Span, second: Span): boolean {
  const [from, to] = [first, second].map((each) => index.stepAt(each));
  if (!from || from.block !== to?.block || from.at > to.at || index.isShared(name)) return false;
  const [start, end] = [from.statement.start, to.statement.end];
  return (
    index.lastBinding(name, start, to.statement.start) === null &&
    index.lastWrite(name, start, end) === null &&
    // A plain assignment binds the name after what it assigns was computed.
    !expressionsOf(to.statement).some((each) => bindsWithin(each, name))
  );
}

function bindsWithin(expr: Expr, name: string): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'walrus' && each.name === name) found = true;
  });
  return found;
}
