/** Numbers as they stand in the code. */
import type { Expr } from '../lower/ir';

/** An integer with or without a sign, or null. */
export function integerLiteral(expr: Expr): number | null {
  if (expr.kind === 'number' && expr.integer) return expr.value;
  if (expr.kind === 'unary' && expr.operator === '-') {
    const inner = integerLiteral(expr.operand);
    return inner === null ? null : -inner;
  }
  return null;
}
