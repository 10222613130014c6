/** What `tensordot` asks of its operands: the axes that it sums over have equal sizes, or a size of 1. */
import { formatDim } from '../../infer/dims';
import { rankOf, sizeAt } from '../../infer/shapes';
import type { Shape } from '../../infer/shapes';
import type { CallExpr, Expr } from '../../lower/ir';
import { integerLiteral } from '../literals';
import type { SizeError } from './products';
import { cannotBroadcast } from './sizes';

type Axes = readonly (readonly [number, number])[];

export function tensordotError(expr: CallExpr, [a, b]: readonly Shape[]): SizeError | null {
  const rank = a ? rankOf(a) : null;
  if (!a || !b || rank === null || rankOf(b) === null) return null;
  for (const [x, y] of axesOf(expr, rank) ?? []) {
    const [left, right] = [sizeAt(a, x), sizeAt(b, y)];
    if (left && right && cannotBroadcast(left, right))
      return {
        left: 0,
        right: 1,
        what: `the sizes ${formatDim(left)} and ${formatDim(right)} that are summed over differ`,
      };
  }
  return null;
}

/** Pairs of axes that are written out; null where they are computed. */
function axesOf({ args }: CallExpr, rank: number): Axes | null {
  const [, , third] = args.filter((each) => each.name === null);
  const dims = args.find((each) => each.name === 'dims')?.value ?? third?.value;
  const count = dims ? integerLiteral(dims) : 2;
  if (count !== null) return Array.from({ length: count }, (_, at) => [rank - count + at, at] as const);
  if (dims?.kind !== 'tuple' && dims?.kind !== 'list') return null;
  const [left, right] = dims.items.map(integers);
  if (!left || left.length !== right?.length) return null;
  return left.map((each, at) => [each, right[at] ?? 0] as const);
}

function integers(expr: Expr): readonly number[] | null {
  if (expr.kind !== 'tuple' && expr.kind !== 'list') return null;
  const numbers = expr.items.map(integerLiteral).filter((each) => each !== null);
  return numbers.length === expr.items.length ? numbers : null;
}
