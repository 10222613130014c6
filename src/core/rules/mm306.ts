/** MM306: an einsum that is one matrix product, or that contracts several operands in an expensive order. */
import { numberOf, sameDim } from '../infer/dims';
import { sizeAt } from '../infer/shapes';
import { formatCount } from '../../protocol/format';
import { einsumCosts } from './einsumCosts';
import { einsumOf } from './match/einsumCall';
import type { EinsumCall } from './match/einsumCall';
import { torchName } from './match/moduleNames';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';
import { asOperand, enclosed, holdsComment } from './source';

/** Below this saving the order is a matter of taste. */
const WORTH = 1.5;

export const mm306: Rule = {
  code: 'MM306',
  name: 'einsum-as-matmul',
  category: 'algebra',
  summary: 'An einsum that is a plain matrix product, or one of several operands in an order that costs too much.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'safe',
  since: '0.1.0',
  docs: {
    finds:
      'A `torch.einsum` of two operands whose written subscripts say what `@` says: a product of matrices, batched alike ' +
      'or with one matrix for the whole batch, the second one transposed or not, a matrix times a vector, a dot product, ' +
      'an outer product. Also an einsum of three to six operands of known sizes whose contraction from left to right ' +
      'costs at least one and a half times as much as another order. Functions with a softmax or of attention are left ' +
      'alone: there an einsum mostly is half of an attention (MM308).',
    why:
      '`torch.einsum` permutes its operands and calls `bmm`: the same product, after some microseconds of preparation. ' +
      'That is felt for small matrices only; for all others it is a matter of taste, and letters often say more than ' +
      '`@`. An index of size 1 is broadcast by einsum, and refused by `@` where it is summed over. Several operands ' +
      'are contracted from left to right unless `opt_einsum` is installed; the order can change the cost by orders of magnitude.',
    example: `def scores(a: Float[Tensor, "batch 64 32"], b: Float[Tensor, "batch 32 16"]):
    return torch.einsum("bij,bjk->bik", a, b)`,
    instead: `def scores(a: Float[Tensor, "batch 64 32"], b: Float[Tensor, "batch 32 16"]):
    return a @ b`,
  },
  detect(scene) {
    if (isAboutAttention(scene)) return [];
    return scene.analysis.operations.flatMap(({ op, framework, expr }) => {
      const call = op === 'einsum' && framework === 'torch' ? einsumOf(scene, expr) : null;
      if (!call || call.inputs.flat().includes('...')) return [];
      return (call.operands.length === 2 ? detectPlain(scene, call) : detectOrder(scene, call)) ?? [];
    });
  },
};

/** There an einsum is half of something else. */
function isAboutAttention({ def, file, key }: FunctionScene): boolean {
  const origin = file.originOf(key);
  return /softmax|att(?:en|n)/i.test(file.text.slice(origin + def.start, origin + def.end));
}

/** The product that two operands make; null where it takes more than a product. */
function plainProduct(scene: FunctionScene, { inputs, output, operands }: EinsumCall): string | null {
  const [first, second] = operands;
  const [a = [], b = []] = inputs;
  if (!first || !second || [a, b, output].some((each) => new Set(each).size !== each.length)) return null;
  const [left, right] = [asOperand(scene, first), asOperand(scene, second)];
  const summed = a.filter((each) => !output.includes(each));
  const [k] = summed;
  const is = (x: readonly string[], y: readonly (string | undefined)[]): boolean => x.join() === y.join();
  if (k === undefined) {
    const torch = torchName(scene);
    const outer = a.length === 1 && b.length === 1 && a[0] !== b[0] && is(output, [...a, ...b]);
    return outer && torch !== null ? `${torch}.outer(${scene.source(first)}, ${scene.source(second)})` : null;
  }
  if (summed.length !== 1 || !b.includes(k)) return null;
  if (a.length === 1)
    return (is(b, [k]) && output.length === 0) || (b.length === 2 && is(b, [k, ...output]))
      ? `${left} @ ${right}`
      : null;
  const batch = a.slice(0, -2);
  const i = a.at(-2);
  if (a.at(-1) !== k) return null;
  if (b.length === 1) return is(b, [k]) && is(output, [...batch, i]) ? `${left} @ ${right}` : null;
  const j = output.at(-1);
  if (j === undefined || a.includes(j) || !is(output, [...batch, i, j])) return null;
  // One matrix for the whole batch multiplies each of its matrices.
  for (const shared of batch.length > 0 ? [batch, []] : [batch]) {
    if (is(b, [...shared, k, j])) return `${left} @ ${right}`;
    if (is(b, [...shared, j, k])) return `${left} @ ${right}.mT`;
  }
  return null;
}

function detectPlain(scene: FunctionScene, call: EinsumCall): Detection | null {
  const { expr, inputs, operands } = call;
  const text = plainProduct(scene, call);
  if (text === null) return null;
  const [a = [], b = []] = inputs;
  const summed = a.find((each) => !call.output.includes(each));
  const sizes = [a, b].map((indices, at) => {
    const operand = operands[at];
    const shape = operand && summed !== undefined ? scene.tensorOf(operand)?.shape : null;
    return shape && shape.dims.length >= indices.length
      ? sizeAt(shape, indices.indexOf(summed ?? '') - indices.length)
      : null;
  });
  const [x, y] = sizes;
  const certain = Boolean(x && y && sameDim(x, y));
  // Some versions of PyTorch make a bmm of it, which autocast takes to a lower precision.
  const assumed = summed === undefined ? 'no autocast is on' : `${summed} has one size in both`;
  const condition = certain ? '' : `, if ${assumed}`;
  return {
    start: expr.start,
    end: expr.end,
    message: `This einsum is the product \`${text}\`.`,
    fixes: holdsComment(scene.source(expr))
      ? []
      : [
          {
            title: `Write as ${text}${condition}`,
            applicability: certain ? 'safe' : 'unsafe',
            edits: [
              { start: expr.start, end: expr.end, newText: text.includes(' @ ') ? enclosed(scene, expr, text) : text },
            ],
            variant: 'torch-rewrite',
          },
        ],
  };
}

/** Several operands: what the order from left to right costs, and the cheapest one. */
function detectOrder(scene: FunctionScene, call: EinsumCall): Detection | null {
  const { expr, inputs, operands, output } = call;
  if (operands.length < 3 || operands.length > 6) return null;
  const sizes = new Map<string, number>();
  for (const [at, indices] of inputs.entries()) {
    const operand = operands[at];
    const shape = operand ? scene.tensorOf(operand)?.shape : undefined;
    if (shape?.dims.length !== indices.length) return null;
    for (const [position, index] of indices.entries()) {
      const size = shape.dims[position];
      const number = size ? numberOf(size) : null;
      if (number === null) return null;
      sizes.set(index, Math.max(number, sizes.get(index) ?? 1));
    }
  }
  const costs = einsumCosts(inputs, output, sizes);
  if (costs.given < costs.best * WORTH) return null;
  const [from, to] = costs.first.map((at) => operands[at]);
  if (!from || !to) return null;
  const count = (each: number): string => formatCount(each, '').trim();
  return {
    start: expr.start,
    end: expr.end,
    message:
      `From left to right, as without \`opt_einsum\`, this needs ${count(costs.given)} multiplications; ` +
      `with \`${scene.source(from)}\` and \`${scene.source(to)}\` first it is ${count(costs.best)}.`,
    fixes: [],
  };
}
