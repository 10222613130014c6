/** MM301: a chain of matrix products in an expensive order. */
import { numberOf } from '../infer/dims';
import type { Expr } from '../lower/ir';
import { formatCount } from '../../protocol/format';
import { chainSizes, cheapestOrder, costOf, endsInVector, factorsOf, rightToLeft } from './chain';
import type { Factor, Order } from './chain';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { asOperand, enclosed, holdsComment } from './source';

/** Below this saving the order is a matter of taste, and rounding is left alone. */
const WORTH = 1.5;

export const mm301: Rule = {
  code: 'MM301',
  name: 'chain-order',
  category: 'algebra',
  summary: 'A chain of matrix products whose order costs more than it must, such as `A @ B @ v`.',
  severity: 'hint',
  surface: 'hint',
  applicability: 'unsafe',
  since: '0.1.0',
  docs: {
    finds:
      'Three or more matrices multiplied in an order that costs at least one and a half times as much as the ' +
      'cheapest one. A chain that ends in a vector is cheapest from right to left, unless a matrix has very few ' +
      'rows; between matrices the sizes must be known to tell. Batched factors keep the rule silent: they associate by other rules.',
    why:
      'Python multiplies from left to right: `A @ B @ v` first makes a whole matrix, with *m·k·n* multiplications, ' +
      'only to apply it to one vector. `A @ (B @ v)` needs *k·n + m·k*. Products of matrices are associative, so ' +
      'that values and gradients agree up to rounding. Where a factor holds Inf, the two orders meet it with other ' +
      'values and may give Inf here and NaN there; in float16 the other order may overflow, or stop doing so.',
    example: `def project(a: Float[Tensor, "512 512"], b: Float[Tensor, "512 512"], v: Float[Tensor, "512"]):
    return a @ b @ v`,
    instead: `def project(a: Float[Tensor, "512 512"], b: Float[Tensor, "512 512"], v: Float[Tensor, "512"]):
    return a @ (b @ v)`,
  },
  detect(scene) {
    const inner = new Set<Expr>();
    const found: Detection[] = [];
    for (const operation of scene.analysis.operations) {
      // Operations come outermost first; the products inside a chain are judged with it.
      if (inner.has(operation.expr)) continue;
      for (const each of operation.operands) if (each.expr) markInner(scene, each.expr, inner);
      const detection =
        operation.expr.kind === 'binary' || operation.expr.kind === 'call' ? detectChain(scene, operation.expr) : null;
      if (detection) found.push(detection);
    }
    return found;
  },
};

function markInner(scene: FunctionScene, expr: Expr, inner: Set<Expr>): void {
  const operation = scene.operationOf(expr);
  if (!operation || inner.has(expr)) return;
  inner.add(expr);
  for (const each of operation.operands) if (each.expr) markInner(scene, each.expr, inner);
}

function detectChain(scene: FunctionScene, expr: Expr): Detection | null {
  const chain = factorsOf(scene, expr);
  if (!chain) return null;
  const { factors, order } = chain;
  const sizes = chainSizes(factors);
  if (!sizes) return null;
  const vector = endsInVector(factors);
  const thin = sizes.some((each) => each !== null && numberOf(each) === 1);
  const best = cheapestOrder(factors.length, sizes, vector) ?? (vector && !thin ? rightToLeft(factors.length) : null);
  if (best === null || JSON.stringify(best) === JSON.stringify(order)) return null;
  const [now, then] = [costOf(order, sizes, vector), costOf(best, sizes, vector)];
  if (now !== null && then !== null && now < then * WORTH) return null;
  const better = print(scene, factors, best);
  const saving =
    now !== null && then !== null
      ? `${formatCount(now, '').trim()} multiplications, \`${better}\` ${formatCount(then, '').trim()}`
      : `multiplies matrices first; \`${better}\` only ever multiplies a matrix and a vector`;
  const commented = holdsComment(scene.source(expr));
  return {
    start: expr.start,
    end: expr.end,
    message: now !== null && then !== null ? `This order needs ${saving}.` : `This order ${saving}.`,
    fixes: commented
      ? []
      : [
          {
            title: `Multiply as ${better}`,
            applicability: 'unsafe',
            edits: [{ start: expr.start, end: expr.end, newText: enclosed(scene, expr, better) }],
            variant: 'torch-rewrite',
          },
        ],
  };
}

function print(scene: FunctionScene, factors: readonly Factor[], order: Order): string {
  const visit = (each: Order, right: boolean): string => {
    if (typeof each === 'number') {
      const factor = factors[each];
      return factor ? asOperand(scene, factor.expr) : '';
    }
    const text = `${visit(each[0], false)} @ ${visit(each[1], true)}`;
    return right ? `(${text})` : text;
  };
  return visit(order, false);
}
