/** What stands around a place within the innermost function that holds it. */
import type { Expr, ForStmt, Span, Stmt, WhileStmt } from '../../lower/ir';
import { blocksOf } from '../../lower/facts';
import type { FunctionScene } from '../scene';
import { expressionsAround, holds } from './spans';

export type LoopStmt = ForStmt | WhileStmt;

export interface Surroundings {
  /** The statement that holds the place. */
  readonly statement: Stmt;
  /** Statements around it, outermost first, up to the innermost function; itself is not among them. */
  readonly around: readonly Stmt[];
  /** Expressions of the statement around the place, outermost first; itself is among them. */
  readonly expressions: readonly Expr[];
  /** It stands in a function inside of the body. */
  readonly nested: boolean;
}

export function surroundingsOf({ index }: FunctionScene, place: Span): Surroundings | null {
  const statements = index.stepsTo(place).map((each) => each.statement);
  const statement = statements.at(-1);
  if (!statement) return null;
  const outer = statements.slice(0, -1);
  const from = outer.findLastIndex((each) => each.kind === 'def' || each.kind === 'class') + 1;
  const expressions = expressionsAround(statement, place);
  const nested = from > 0 || expressions.some((each) => each.kind === 'lambda' && each.start < place.start);
  return { statement, around: outer.slice(from), expressions, nested };
}

/** The innermost loop whose body, not its header, holds the place. */
export function innermostLoop({ around }: Surroundings, place: Span): LoopStmt | null {
  return around.findLast((each): each is LoopStmt => isLoop(each) && inBlock(each.body, place)) ?? null;
}

/** Whether some way through what encloses the place, from a statement inward, leaves it out. */
export function isConditional({ around }: Surroundings, within: Stmt | null): boolean {
  const inner = within === null ? around : around.slice(around.indexOf(within) + 1);
  return inner.some((each) => each.kind === 'if' || each.kind === 'try' || each.kind === 'match');
}

export function isLoop(statement: Stmt): statement is LoopStmt {
  return statement.kind === 'for' || statement.kind === 'while';
}

function inBlock(block: readonly Stmt[], place: Span): boolean {
  return block.some((each) => holds(each, place));
}

/** The loops of a body, outermost first; those of functions inside it are not among them. */
export function loopsIn(body: readonly Stmt[]): readonly LoopStmt[] {
  return body.flatMap((each) => [
    ...(isLoop(each) ? [each] : []),
    ...blocksOf(each).flatMap((block) => loopsIn(block)),
  ]);
}
