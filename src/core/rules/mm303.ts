/** MM303: a matrix that is inverted only to be multiplied with. */
import { numberOf } from '../infer/dims';
import { lastSize, rankOf, sameSize, sizeAt } from '../infer/shapes';
import type { CallExpr, Expr } from '../lower/ir';
import type { Edit } from './finding';
import { behind, removalOf } from './match/behind';
import { isFactor, productsOf } from './match/product';
import type { Factor, Product } from './match/product';
import { torchCallOf } from './match/torchCall';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { asOperand, brief, holdsComment, listed, onOneLine, oneLine } from './source';
import { torchName } from './match/moduleNames';

export const mm303: Rule = {
  code: 'MM303',
  name: 'inverse-product',
  category: 'algebra',
  summary: 'A matrix that is inverted only to be multiplied with: `torch.linalg.solve` is cheaper and more accurate.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      'A product with `torch.inverse(A)`, `torch.linalg.inv(A)` or `A.inverse()`, where nothing else reads the ' +
      'inverse, from the left (`inv(A) @ b`) or from the right (`b @ inv(A)`). An inverse that is kept, transposed ' +
      'or used for more than one product, or for a whole batch, stays.',
    why:
      'For *n* × *n* numbers and *k* right-hand sides an inverse and a product cost *2n³ + 2n²k* operations, one LU ' +
      'factorisation and two triangular solves *⅔n³ + 2n²k*, and their error is smaller, the more so the worse `A` is ' +
      'conditioned. With many more right-hand sides than rows the product is the faster one of two that then cost the ' +
      'same, and where those sizes are known the rule is silent. An Inf or NaN in `b` spreads differently; the ' +
      'solution of a matrix from the left lies column by column in memory, so that `.view` may fail; and ' +
      '`torch.linalg.solve` reads a `b` with one dimension less than `A` as a batch of vectors: hence *unsafe*.',
    example: `def newton_step(hessian: Float[Tensor, "n n"], gradient: Float[Tensor, "n"]) -> Tensor:
    return torch.inverse(hessian) @ gradient`,
    instead: `def newton_step(hessian: Float[Tensor, "n n"], gradient: Float[Tensor, "n"]) -> Tensor:
    return torch.linalg.solve(hessian, gradient)`,
  },
  detect: (scene) =>
    productsOf(scene).flatMap((product) => detectSide(scene, product, true) ?? detectSide(scene, product, false) ?? []),
};

function detectSide(scene: FunctionScene, product: Product, fromLeft: boolean): Detection | null {
  const { left, right, expr } = product;
  const [factor, other] = fromLeft ? [left, right] : [right, left];
  if (factor.expr.kind !== 'call' && factor.expr.kind !== 'name') return null;
  const source = behind(scene, factor.expr);
  const call = source && torchCallOf(scene, source.expr);
  if (!source || !call || !/^(?:inverse|linalg\.inv)$/.test(call.name) || call.count !== 1) return null;
  const matrix = call.argument(0, 'input', 'self', 'A');
  if (!matrix || hasManyColumns(factor, other, fromLeft)) return null;
  const unsure = conditionsOf(scene, product, { factor, other, matrix, fromLeft });
  if (!unsure) return null;
  const solve = solveName(scene, call.expr, call.isMethod);
  const vector = rankOf(other.tensor.shape) === 1;
  const system = !fromLeft && vector ? `${asOperand(scene, matrix)}.mT` : scene.source(matrix);
  const [head, tail] = [`${solve ?? 'torch.linalg.solve'}(${system}, `, fromLeft || vector ? ')' : ', left=False)'];
  const removal = removalOf(scene, source, [matrix]);
  const commented = holdsComment(scene.source(expr)) || holdsComment(scene.source(call.expr));
  const whole = onOneLine(head + scene.source(other.expr) + tail);
  return {
    start: expr.start,
    end: expr.end,
    message: `\`${oneLine(scene, call.expr)}\` is only multiplied with: \`${whole}\` needs a third of the operations of an inverse, and its error is smaller${columnsMatter(factor, other, fromLeft) ? '. With many more right-hand sides than rows the product is faster' : ''}.`,
    fixes:
      solve === null || removal === null || commented
        ? []
        : [
            {
              title: `Solve with torch.linalg.solve, if ${listed(unsure)}`,
              applicability: 'unsafe',
              edits: [...removal, ...solved(product, other, head, tail)],
              variant: 'torch-rewrite',
            },
          ],
  };
}

/** Everything but the other factor is rewritten. */
function solved({ expr }: Product, other: Factor, head: string, tail: string): readonly Edit[] {
  const { start, end } = other.expr;
  return [
    { start: expr.start, end: start, newText: head },
    { start: end, end: expr.end, newText: tail },
  ];
}

/** A product with more columns than the matrix has rows is what costs, and one product is faster than two solves. */
function hasManyColumns(factor: Factor, other: Factor, fromLeft: boolean): boolean {
  if (rankOf(other.tensor.shape) === 1) return false;
  const [rows, columns] = [lastSize(factor.tensor.shape), sizeAt(other.tensor.shape, fromLeft ? -1 : -2)];
  const [n, k] = [rows && numberOf(rows), columns && numberOf(columns)];
  return n !== null && k !== null && k > n;
}

/** There may be more than one right-hand side, and nobody knows how many. */
function columnsMatter(factor: Factor, other: Factor, fromLeft: boolean): boolean {
  const columns = sizeAt(other.tensor.shape, fromLeft ? -1 : -2);
  const rows = lastSize(factor.tensor.shape);
  return rankOf(other.tensor.shape) !== 1 && !(columns && (numberOf(columns) !== null || sameSize(columns, rows)));
}

interface Sides {
  readonly factor: Factor;
  readonly other: Factor;
  readonly matrix: Expr;
  readonly fromLeft: boolean;
}

/**
 * What the code does not show and must hold. `torch.linalg.solve(A, b)` reads b as vectors where it has one
 * dimension, or one less than A and the sizes of A before its last one.
 * @returns null where solving would certainly, or most likely, be something else or cost more
 */
function conditionsOf(
  scene: FunctionScene,
  product: Product,
  { factor, other, matrix, fromLeft }: Sides,
): readonly string[] | null {
  const { op } = product.operation;
  const [a, b] = [rankOf(factor.tensor.shape), rankOf(other.tensor.shape)];
  const [system, side] = [brief(scene, matrix), brief(scene, other.expr)];
  const conditions = [`${side} holds no Inf or NaN`];
  const known = op === 'mm' || op === 'mv' || op === 'bmm' || b === 1;
  if (!known && a !== null && b !== null) {
    // One inverse for a whole batch is used more than once.
    if (b === a - 1 || b > a) return null;
  } else if (!known && a === 2) {
    if (!fromLeft) conditions.push(`${side} has two dimensions`);
  } else if (!known) {
    conditions.push(`${system} and ${side} have as many dimensions`);
  }
  const sameLayout = !fromLeft || (b === 1 && a === 2) || isFactor(scene, product);
  return sameLayout ? conditions : [...conditions, 'nothing needs a contiguous result'];
}

/** The function's name beside the one that inverts, or by the torch module. */
function solveName(scene: FunctionScene, { callee }: CallExpr, isMethod: boolean): string | null {
  if (!isMethod && callee.kind === 'attribute') {
    const module = scene.source(callee.object);
    return callee.name === 'inv' ? `${module}.solve` : `${module}.linalg.solve`;
  }
  const torch = torchName(scene);
  return torch === null ? null : `${torch}.linalg.solve`;
}
