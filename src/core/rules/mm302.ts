/** MM302: a product with a diagonal matrix that is written out with all of its zeros. */
import { rankOf } from '../infer/shapes';
import type { Expr } from '../lower/ir';
import type { Edit } from './finding';
import { integerLiteral } from './literals';
import { behind, removalOf } from './match/behind';
import { isSeenTransposed } from './match/layout';
import { holdsAt, meaningOf } from './match/meaning';
import { hasAtLeast, isFactor, productOf, productsOf } from './match/product';
import type { Factor, Product } from './match/product';
import { parentOf } from './match/repeated';
import { torchCallOf } from './match/torchCall';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { asOperand, brief, enclosed, holdsComment, listed, oneLine, onOneLine, withParentheses } from './source';

export const mm302: Rule = {
  code: 'MM302',
  name: 'diagonal-product',
  category: 'algebra',
  summary:
    'A product with `torch.diag(v)`: multiplying rows or columns by `v` needs neither the zeros nor the product.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      'A matrix product of which one factor is `torch.diag(v)`, `torch.diagflat(v)` or `torch.diag_embed(v)`, in its ' +
      'place or through a variable, as in `U @ torch.diag(s) @ V` after an SVD. Of a matrix `torch.diag` takes the ' +
      'diagonal out: the rule speaks only where `v` is known to have one dimension, or where matrices on both sides ' +
      'say so, and the title then names that condition.',
    why:
      'The product of *m* × *n* numbers with an *n* × *n* diagonal matrix costs *m·n²* multiplications, of which all ' +
      'but *m·n* are by zero, and *n²* numbers of memory that are zero but for *n*. Broadcasting does the *m·n* that ' +
      'are left, at every size. They are the same products, but the zeros are not there to turn an Inf or NaN of the ' +
      'other factor into NaN elsewhere: hence *unsafe*. The result takes the memory layout of the other factor, and ' +
      'autocast leaves its dtype alone.',
    example: `def inverse_root(cov: torch.Tensor) -> torch.Tensor:
    values, vectors = torch.linalg.eigh(cov)
    return vectors @ torch.diag(values.rsqrt()) @ vectors.T`,
    instead: `def inverse_root(cov: torch.Tensor) -> torch.Tensor:
    values, vectors = torch.linalg.eigh(cov)
    return (vectors * values.rsqrt()) @ vectors.T`,
  },
  detect: (scene) => productsOf(scene).flatMap((product) => detectProduct(scene, product) ?? []),
};

/** What matters where the result is not multiplied on at once. */
function alone(scene: FunctionScene, other: Factor): readonly string[] {
  return [...(isSeenTransposed(scene, other.expr) ? ['nothing needs a contiguous result'] : []), 'autocast is off'];
}

interface Diagonal {
  readonly call: Expr;
  readonly vector: Expr;
  /** It may have batch dimensions. */
  readonly batched: boolean;
  /** It certainly is a diagonal matrix, and not the diagonal of one. */
  readonly certain: boolean;
  /** What takes an assignment away that nothing reads any more; null where no edit can be offered. */
  readonly removal: readonly Edit[] | null;
}

function detectProduct(scene: FunctionScene, product: Product): Detection | null {
  const onRight = diagonalOf(scene, product, product.right.expr);
  const diagonal = onRight ?? diagonalOf(scene, product, product.left.expr);
  if (!diagonal) return null;
  const other = onRight ? product.left : product.right;
  const { scale, unsure } = scaleOf(scene, diagonal, other, onRight !== null);
  const edits = rewritten(scene, product, other, scale, onRight !== null);
  const [vector, matrix] = [brief(scene, diagonal.vector), brief(scene, other.expr)];
  const conditions = [
    `${matrix} holds no Inf or NaN`,
    ...(unsure ? [`${matrix} has two dimensions or more`] : []),
    ...(diagonal.certain ? [] : [`${vector} has one dimension`]),
    ...(isFactor(scene, product) ? [] : alone(scene, other)),
  ];
  const commented = holdsComment(scene.source(product.expr)) || holdsComment(scene.source(diagonal.call));
  const fixable = !commented && diagonal.removal !== null;
  return {
    start: product.expr.start,
    end: product.expr.end,
    message: `\`${oneLine(scene, diagonal.call)}\` is zero but for its diagonal: \`${ordered(onOneLine(asOperand(scene, other.expr)), onOneLine(scale), onRight !== null)}\` does the m·n multiplications that count, of m·n².`,
    fixes: fixable
      ? [
          {
            title: `Multiply ${matrix} by ${vector} in place of its diagonal matrix, if ${listed(conditions)}`,
            applicability: 'unsafe',
            edits: [...(diagonal.removal ?? []), ...edits],
            variant: 'torch-rewrite',
          },
        ]
      : [],
  };
}

function diagonalOf(scene: FunctionScene, product: Product, operand: Expr): Diagonal | null {
  if (operand.kind !== 'call' && operand.kind !== 'name') return null;
  const meaning = meaningOf(scene, operand);
  const call = torchCallOf(scene, meaning);
  if (!call || !/^diag(?:flat|_embed)?$/.test(call.name)) return null;
  const vector = call.argument(0, 'input');
  const offset = call.argument(1, 'diagonal', 'offset');
  if (!vector || call.count > 2 || (call.count === 2 && (!offset || integerLiteral(offset) !== 0))) return null;
  const value = scene.tensorOf(vector);
  const rank = value ? rankOf(value.shape) : null;
  if (call.name === 'diag_embed' ? rank === 0 : rank !== 1 && (rank !== null || call.name === 'diagflat')) return null;
  if (call.name === 'diag' && value && hasAtLeast(value, 2)) return null;
  const certain = rank === 1 || call.name === 'diag_embed' || product.operation.op === 'mm';
  if (!certain && !isBetween(scene, product, operand)) return null;
  const source = behind(scene, operand);
  const stays = !source && (vector.kind === 'name' || vector.kind === 'attribute') && holdsAt(scene, meaning, operand);
  if (!source && !stays) return null;
  return {
    call: meaning,
    vector,
    batched: call.name === 'diag_embed' && rank !== 1,
    certain,
    removal: source ? removalOf(scene, source, [vector]) : [],
  };
}

/** Another factor stands on its other side, too: between two matrices nobody multiplies by a matrix's diagonal. */
function isBetween(scene: FunctionScene, product: Product, operand: Expr): boolean {
  const parent = parentOf(scene, product.expr);
  const outer = parent ? productOf(scene, parent) : null;
  if (!outer || rankOf(outer.operation.result) === 1) return false;
  return operand === product.right.expr ? outer.left.expr === product.expr : outer.right.expr === product.expr;
}

/** The vector as a factor that is broadcast. @returns unsure: only if the other one has rows and columns */
function scaleOf(
  scene: FunctionScene,
  { vector, batched }: Diagonal,
  other: Factor,
  onRight: boolean,
): { readonly scale: string; readonly unsure: boolean } {
  const text = asOperand(scene, vector);
  if (rankOf(other.tensor.shape) === 1 || (onRight && !batched)) return { scale: text, unsure: false };
  const scale = onRight ? `${text}.unsqueeze(-2)` : batched ? `${text}.unsqueeze(-1)` : `${text}[:, None]`;
  return { scale, unsure: !hasAtLeast(other.tensor, 2) };
}

function ordered(operand: string, scale: string, onRight: boolean): string {
  return onRight ? `${operand} * ${scale}` : `${scale} * ${operand}`;
}

/** The product with `*`: edits of what is different in it. */
function rewritten(
  scene: FunctionScene,
  { expr, left, right }: Product,
  other: Factor,
  scale: string,
  onRight: boolean,
): readonly Edit[] {
  if (expr.kind !== 'binary') {
    const whole = ordered(asOperand(scene, other.expr), scale, onRight);
    return [{ start: expr.start, end: expr.end, newText: enclosed(scene, expr, whole) }];
  }
  const [first, last] = [withParentheses(scene, left.expr), withParentheses(scene, right.expr)];
  const at = first.end + scene.source({ start: first.end, end: last.start }).indexOf('@');
  const parent = parentOf(scene, expr);
  const bracket =
    parent?.kind === 'binary' && parent.operator === '@' && withParentheses(scene, expr).start === expr.start;
  const [open, close] = bracket ? ['(', ')'] : ['', ''];
  const operator = { start: at, end: at + 1, newText: '*' };
  return onRight
    ? [
        ...(bracket ? [{ start: expr.start, end: expr.start, newText: open }] : []),
        operator,
        { ...last, newText: scale + close },
      ]
    : [
        { ...first, newText: open + scale },
        operator,
        ...(bracket ? [{ start: expr.end, end: expr.end, newText: close }] : []),
      ];
}
