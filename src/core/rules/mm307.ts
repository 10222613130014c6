/** MM307: a product with one-hot rows, which only picks rows. */
import { isOwnProduct } from '../infer/operations';
import { rankOf } from '../infer/shapes';
import type { AssignStmt, Expr } from '../lower/ir';
import { castLayer } from './match/attentionLayers';
import { holdsAt } from './match/meaning';
import { torchCallOf } from './match/torchCall';
import { lastStep, otherUse } from './match/trail';
import { isPure } from './purity';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { asOperand, holdsComment, wholeLines, withParentheses } from './source';

export const mm307: Rule = {
  code: 'MM307',
  name: 'one-hot-matmul',
  category: 'algebra',
  summary: 'A product of one-hot rows with a matrix, which picks rows of it; indexing reads only those.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      '`F.one_hot(index, n)`, or `torch.eye(n)[index]` where the index certainly holds integers, converted to another dtype ' +
      'or not, directly or through a variable, multiplied by a matrix from the right. Transposed one-hot rows (sums over ' +
      'segments), weights that only lie near one-hot rows, and straight-through estimators keep the rule silent.',
    why:
      'For *r* indices the product needs *r·n·d* multiplications, all but *r·d* of them by zero, and *r·n* numbers for the ' +
      'one-hot rows. Indexing reads *r·d* numbers. Gradients of the matrix agree up to rounding: rows that are picked ' +
      'several times are added up. Where a row that is not picked holds Inf or NaN, the product is NaN and indexing is not; ' +
      'a negative index, which `one_hot` refuses, counts from the end. Under autocast the product has the lower precision, ' +
      'and what is indexed the dtype of the matrix. For a handful of classes both take about as long.',
    example: `def embed(index: torch.Tensor, table: Float[Tensor, "classes width"]) -> torch.Tensor:
    return torch.nn.functional.one_hot(index, 1000).to(table.dtype) @ table`,
    instead: `def embed(index: torch.Tensor, table: Float[Tensor, "classes width"]) -> torch.Tensor:
    return table[index]`,
  },
  detect: (scene) => scene.analysis.operations.flatMap((each) => detectAt(scene, each.expr) ?? []),
};

function detectAt(scene: FunctionScene, expr: Expr): Detection | null {
  const operation = scene.operationOf(expr);
  if (!operation || !isOwnProduct(operation) || !/^(?:@|matmul|mm)$/.test(operation.op)) return null;
  const [rows, table, more] = operation.operands;
  if (!rows?.expr || !table?.expr || more || rows.expr === expr) return null;
  // `out=` has an effect that indexing has not.
  if (expr.kind === 'call' && expr.args.some(({ value }) => value !== rows.expr && value !== table.expr)) return null;
  const rank = operation.op === 'mm' ? 2 : rankOf(table.value.shape);
  if (rank !== null && rank > 2) return null;
  const found = indexOf(scene, rows.expr);
  if (!found) return null;
  const name = scene.source(table.expr);
  const text = `${asOperand(scene, table.expr)}[${scene.source(found.index)}]`;
  const conditions = [...(rank === null ? [`${name} is a matrix`] : []), `${name} holds no Inf or NaN`];
  const edits = editsOf(scene, expr, text, found.removed);
  return {
    start: expr.start,
    end: expr.end,
    message: `All but one factor of each row are zero: \`${text}\` reads what the product picks.`,
    fixes: edits
      ? [
          {
            title: `Index as ${text}, if ${conditions.join(' and ')}`,
            applicability: 'unsafe',
            edits,
            variant: 'torch-rewrite',
          },
        ]
      : [],
  };
}

interface Found {
  readonly index: Expr;
  /** Assignments that nothing else reads. */
  readonly removed: readonly AssignStmt[];
}

const DEEPEST = 8;

/** The index of which an expression is the one-hot rows, or null. */
function indexOf(scene: FunctionScene, rows: Expr): Found | null {
  const statements: AssignStmt[] = [];
  const own: Expr[] = [];
  let expr = rows;
  for (let depth = 0; depth < DEEPEST; depth++) {
    if (expr.kind === 'name') {
      const step = lastStep(scene, expr.name, expr);
      const [target, more] = step?.kind === 'assign' ? step.targets : [];
      if (step?.kind !== 'assign' || !step.value || target?.kind !== 'name' || more) return null;
      statements.push(step);
      own.push(expr, target);
      expr = step.value;
      continue;
    }
    const index = oneHotIndex(scene, expr);
    if (index) {
      // It is evaluated where the rows are used, which is later than before.
      if (statements.length > 0 && !(isPure(scene, index) && holdsAt(scene, index, rows))) return null;
      return { index, removed: isRead(scene, statements, own, rows) ? [] : statements };
    }
    const cast = castLayer(scene, expr);
    if (!cast) return null;
    expr = cast.inner;
  }
  return null;
}

/** Whether anything else needs what the statements assign. */
function isRead(scene: FunctionScene, statements: readonly AssignStmt[], own: readonly Expr[], rows: Expr): boolean {
  const names = new Set(own.flatMap((each) => (each.kind === 'name' ? [each.name] : [])));
  const values = new Set(statements.flatMap((each) => (each.value ? [each.value] : [])));
  return otherUse(scene, names, new Set(own), values, [...statements, rows]) !== 'none';
}

function oneHotIndex(scene: FunctionScene, expr: Expr): Expr | null {
  if (expr.kind === 'subscript') {
    const [index, more] = expr.index;
    const value = index ? scene.tensorOf(index) : null;
    // A tensor of uint8 is a mask.
    const counts = value !== null && /^i\d/.test(value.dtype ?? '');
    return index && !more && counts && isEye(scene, expr.object) ? index : null;
  }
  const call = torchCallOf(scene, expr);
  return call?.name === 'one_hot' && !call.isMethod ? call.argument(0, 'tensor', 'input') : null;
}

function isEye(scene: FunctionScene, expr: Expr): boolean {
  const call = torchCallOf(scene, expr);
  // With two sizes it may have more columns than rows.
  return call?.name === 'eye' && call.positional.length === 1 && !call.keywords.has('m') && !call.keywords.has('out');
}

function editsOf(scene: FunctionScene, expr: Expr, text: string, removed: readonly AssignStmt[]) {
  if (holdsComment(scene.source(expr)) || holdsComment(text)) return null;
  const lines = removed.map((each) => (holdsComment(scene.source(each)) ? null : wholeLines(scene, each)));
  if (lines.some((each) => each === null)) return null;
  const span = withParentheses(scene, expr);
  const keyword = /\w$/.test(scene.source({ start: Math.max(0, span.start - 1), end: span.start }));
  return [
    ...lines.filter((each) => each !== null).map((each) => ({ ...each, newText: '' })),
    { start: keyword ? expr.start : span.start, end: keyword ? expr.end : span.end, newText: text },
  ];
}
