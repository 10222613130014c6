/** A product of two slices, as the subscripts of the contraction that adds it up over all steps. */
import type { Operation } from '../../infer/operations';
import { rankOf } from '../../infer/shapes';
import type { Expr } from '../../lower/ir';
import { integerLiteral } from '../literals';
import type { FunctionScene } from '../scene';
import type { Slice } from '../slices';

export interface SlicedProduct {
  /** For `einsum`: `nij,njk->ik`. */
  readonly equation: string;
  /** The tensors that are sliced, in this order. */
  readonly sources: readonly [Expr, Expr];
  readonly slices: readonly [Slice, Slice];
  readonly bothTransposed: boolean;
}

const STEP = 'n';

/** Null unless each operand is a slice, plain or transposed, that is a vector or a matrix. */
export function productOf(
  scene: FunctionScene,
  { op, operands, expr }: Operation,
  slices: readonly Slice[],
): SlicedProduct | null {
  const [a, b, more] = operands;
  if (!a?.expr || !b?.expr || more || slices.length !== 2 || !/^(?:@|matmul|mm|mv|dot|outer)$/.test(op)) return null;
  // Another argument, such as `out=`, has an effect of its own.
  if (expr.kind === 'call' && expr.args.some(({ value }) => value !== a.expr && value !== b.expr)) return null;
  const [left, right] = [operandOf(scene, a.expr, slices), operandOf(scene, b.expr, slices)];
  if (!left || !right || left.slice === right.slice) return null;
  const [x, y] = op === 'outer' ? outerLetters(left, right) : [leftLetters(left), rightLetters(right)];
  if (x === null || y === null || x === undefined || y === undefined) return null;
  const output = op === 'outer' ? 'ik' : `${x.includes('i') ? 'i' : ''}${y.includes('k') ? 'k' : ''}`;
  return {
    equation: `${withStep(x, left.slice)},${withStep(y, right.slice)}->${output}`,
    sources: [left.slice.source, right.slice.source],
    slices: [left.slice, right.slice],
    bothTransposed: left.transposed && right.transposed,
  };
}

interface SliceOperand {
  readonly slice: Slice;
  readonly transposed: boolean;
  readonly rank: number;
}

function operandOf(scene: FunctionScene, expr: Expr, slices: readonly Slice[]): SliceOperand | null {
  const inner = untransposed(scene, expr);
  const slice = slices.find((each) => each.expr === (inner ?? expr));
  const rank = slice?.tensor ? rankOf(slice.tensor.shape) : null;
  if (!slice || (rank !== 2 && rank !== 3)) return null;
  return inner && rank === 2 ? null : { slice, transposed: inner !== null, rank: rank - 1 };
}

/** What a transposed matrix was before, or null. */
function untransposed(scene: FunctionScene, expr: Expr): Expr | null {
  if (expr.kind === 'attribute') return expr.name === 'T' || expr.name === 'mT' ? expr.object : null;
  if (expr.kind !== 'call' || expr.callee.kind !== 'attribute' || scene.qualifiedName(expr.callee) !== null)
    return null;
  const { object, name } = expr.callee;
  if (name === 't') return expr.args.length === 0 ? object : null;
  if (name !== 'transpose' || expr.args.some((each) => each.name !== null)) return null;
  const dims = expr.args.map(({ value }) => integerLiteral(value)).map((each) => (each === null ? 9 : (each + 2) % 2));
  return dims.length === 2 && dims.toSorted().join() === '0,1' ? object : null;
}

function leftLetters({ rank, transposed }: SliceOperand): string {
  return rank === 1 ? 'j' : transposed ? 'ji' : 'ij';
}

function rightLetters({ rank, transposed }: SliceOperand): string {
  return rank === 1 ? 'j' : transposed ? 'kj' : 'jk';
}

function outerLetters(left: SliceOperand, right: SliceOperand): readonly [string | null, string | null] {
  return left.rank === 1 && right.rank === 1 ? ['i', 'k'] : [null, null];
}

function withStep(letters: string, { dim }: Slice): string {
  return `${letters.slice(0, dim)}${STEP}${letters.slice(dim)}`;
}
