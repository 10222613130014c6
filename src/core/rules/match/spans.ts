/** Spans within each other. */
import type { Expr, Span, Stmt } from '../../lower/ir';
import { expressionsOf, partsOf } from '../../lower/walk';

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

export function overlaps(one: Span, other: Span): boolean {
  return one.start < other.end && other.start < one.end;
}
