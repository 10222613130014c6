/** MM304: a product of matrices of which only the diagonal is read. */
import { numberOf, sameDim } from '../infer/dims';
import { lastSize, rankOf, sizeAt } from '../infer/shapes';
import { walkBody } from '../lower/walk';
import type { CallExpr, Expr } from '../lower/ir';
import { integerLiteral } from './literals';
import { behind, removalOf } from './match/behind';
import { hasAtLeast, productOf } from './match/product';
import type { Product } from './match/product';
import { torchCallOf } from './match/torchCall';
import type { TorchCall } from './match/torchCall';
import { untransposed } from './match/transposed';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { asOperand, brief, holdsComment, listed, onOneLine, oneLine } from './source';

/** Measured on a CPU: with 8 rows both cost the same, with 64 the product costs twice as much. */
const FEWEST_ROWS = 16;

export const mm304: Rule = {
  code: 'MM304',
  name: 'trace-of-product',
  category: 'algebra',
  summary: 'A product of matrices of which only the trace or the diagonal is read, as in `torch.trace(A @ B)`.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      '`torch.trace`, `torch.diagonal` or `torch.diag` of a product of two matrices, in its place or through a ' +
      'variable that nothing else reads; of batches of matrices, the diagonal along their last two dimensions.',
    why:
      'A product of *n* × *k* and *k* × *n* numbers costs *n²·k* multiplications and *n²* numbers of memory, of which ' +
      'the diagonal needs *n·k*: it holds the products of the rows of `A` and the columns of `B`. The products of ' +
      'these pairs take *n·k* numbers of memory in between, so that nothing is won with less than 16 rows, ' +
      'where the rule is silent. The sizes must agree: of a product that is not square, `torch.trace` reads a part. Under autocast a product ' +
      'is computed in half precision and this is not, hence *unsafe*; of float16 the single products are rounded.',
    example: `def overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return torch.trace(a @ b.T)`,
    instead: `def overlap(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    return (a * b).sum()`,
  },
  detect(scene) {
    const found: Detection[] = [];
    walkBody(scene.def.body, (each) => {
      const detection = each.kind === 'call' && readsDiagonal(each.callee) ? detectCall(scene, each) : null;
      if (detection) found.push(detection);
    });
    return found;
  },
};

function readsDiagonal(callee: Expr): boolean {
  return (callee.kind === 'attribute' || callee.kind === 'name') && /^(?:trace|diag|diagonal)$/.test(callee.name);
}

function detectCall(scene: FunctionScene, expr: CallExpr): Detection | null {
  const call = torchCallOf(scene, expr);
  const input = call?.argument(0, 'input', 'self');
  if (!call || !input) return null;
  const source = behind(scene, input);
  const product = source && productOf(scene, source.expr);
  if (!source || !product || product.operation.op === 'mv') return null;
  const conditions = conditionsOf(scene, call, product);
  if (!conditions) return null;
  const { left, right } = product;
  const whichIs = untransposed(scene, right);
  const flipped = whichIs ? asOperand(scene, whichIs) : `${asOperand(scene, right.expr)}.mT`;
  const whole = `(${asOperand(scene, left.expr)} * ${flipped}).sum(${call.name === 'trace' ? '' : '-1'})`;
  const removal = removalOf(scene, source, [left.expr, right.expr]);
  const commented = holdsComment(scene.source(expr)) || holdsComment(scene.source(source.expr));
  return {
    start: expr.start,
    end: expr.end,
    message: `Of \`${oneLine(scene, source.expr)}\` only the diagonal is read: \`${onOneLine(whole)}\` computes nothing else, with n·k multiplications in place of n²·k.`,
    fixes:
      removal === null || commented
        ? []
        : [
            {
              title: `Compute the ${call.name === 'trace' ? 'trace' : 'diagonal'} alone, if ${listed(conditions)}`,
              applicability: 'unsafe',
              edits: [...removal, { start: expr.start, end: expr.end, newText: whole }],
              variant: 'torch-rewrite',
            },
          ],
  };
}

/** What the code does not show and must hold; null where it reads something else, or where it most likely does. */
function conditionsOf(scene: FunctionScene, call: TorchCall, product: Product): readonly string[] | null {
  const { left, right, expr } = product;
  const batched = takesLastTwo(call);
  if (!batched && !takesFirstTwo(call)) return null;
  const ranks = [left, right].map(({ tensor }) => rankOf(tensor.shape));
  if (ranks.some((each) => each !== null && (batched ? each < 2 : each !== 2))) return null;
  const matrices =
    ranks.every((each) => each === 2) || (batched && [left, right].every((each) => hasAtLeast(each.tensor, 2)));
  // Of a vector `torch.diag` makes a matrix.
  if (call.name === 'diag' && !matrices) return null;
  const [rows, columns] = [sizeAt(left.tensor.shape, -2), lastSize(right.tensor.shape)];
  const equal = rows !== null && columns !== null && sameDim(rows, columns);
  if (rows && (numberOf(rows) ?? FEWEST_ROWS) < FEWEST_ROWS) return null;
  if (!equal && rows && columns && numberOf(rows) !== null && numberOf(columns) !== null) return null;
  const flipped = untransposed(scene, right);
  const ownTranspose = left.expr.kind === 'name' && flipped?.kind === 'name' && flipped.name === left.expr.name;
  const [a, b] = [brief(scene, left.expr), brief(scene, right.expr)];
  return [
    ...(matrices ? [] : [`${a} and ${b} are matrices`]),
    ...(equal || ownTranspose ? [] : [`${brief(scene, expr)} is square`]),
    'autocast is off',
  ];
}

/** The trace, or the diagonal of a matrix. */
function takesFirstTwo(call: TorchCall): boolean {
  const [offset, ...axes] = [
    call.argument(1, 'offset', 'diagonal'),
    call.argument(2, 'dim1'),
    call.argument(3, 'dim2'),
  ];
  if (call.name === 'trace') return call.count === 1;
  return isZero(offset) && axes.every((each) => each === null) && call.count <= 2;
}

function takesLastTwo(call: TorchCall): boolean {
  if (call.name !== 'diagonal' || !isZero(call.argument(1, 'offset'))) return false;
  const axes = [call.argument(2, 'dim1'), call.argument(3, 'dim2')].map((each) => each && integerLiteral(each));
  return axes.includes(-1) && axes.includes(-2);
}

function isZero(offset: Expr | null): boolean {
  return offset === null || integerLiteral(offset) === 0;
}
