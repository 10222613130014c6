/** Where a place stands: the statements and expressions around it. */
import { blocksOf } from '../../lower/facts';
import type { Expr, Span, Stmt } from '../../lower/ir';
import { expressionsOf, partsOf } from '../../lower/walk';

/** A statement among those of its block. */
export interface Step {
  readonly block: readonly Stmt[];
  readonly at: number;
  readonly statement: Stmt;
}

/** The statements around a place, outermost first; empty where it stands in none. */
export function stepsTo(body: readonly Stmt[], place: Span): readonly Step[] {
  const steps: Step[] = [];
  for (let blocks: readonly (readonly Stmt[])[] = [body]; ;) {
    const next = blocks.map((block) => stepIn(block, place)).find((each) => each !== null);
    if (!next) return steps;
    steps.push(next);
    const { statement } = next;
    blocks = statement.kind === 'def' || statement.kind === 'class' ? [statement.body] : blocksOf(statement);
  }
}

function stepIn(block: readonly Stmt[], place: Span): Step | null {
  const at = block.findIndex((each) => holds(each, place));
  const statement = block[at];
  return statement ? { block, at, statement } : null;
}

/** The expressions of a statement around a place, outermost first. */
export function expressionsAround(statement: Stmt, place: Span): readonly Expr[] {
  const around: Expr[] = [];
  for (let parts = expressionsOf(statement); ;) {
    const next = parts.find((each) => holds(each, place));
    if (!next) return around;
    around.push(next);
    parts = partsOf(next);
  }
}

export function holds(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
