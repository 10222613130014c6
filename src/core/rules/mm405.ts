/** MM405: a transposed operand that is copied before it is multiplied. */
import type { Expr } from '../lower/ir';
import { rankOf } from '../infer/shapes';
import { integerLiteral } from './literals';
import { meaningOf, onlyUse } from './match/meaning';
import { torchCallOf } from './match/torchCall';
import type { Detection, Rule } from './rule';
import type { FunctionScene } from './scene';

export const mm405: Rule = {
  code: 'MM405',
  name: 'needless-contiguous',
  category: 'hardware',
  summary: 'An operand whose last two dimensions are transposed and that is copied before it is multiplied.',
  severity: 'hint',
  surface: 'lightbulb',
  applicability: 'display',
  since: '0.1.0',
  docs: {
    finds:
      '`.contiguous()` on a transposition of the last two dimensions (`.mT`, `.T` and `.t()` of a matrix, ' +
      '`.transpose(-2, -1)`), where the copy is an operand of `@`, `matmul`, `mm`, `bmm` or `mv` and nothing else ' +
      'reads it. Other permutations are left alone: a product of them may have to copy in any case. So are lines ' +
      'with a comment, which mostly says why.',
    why:
      'The libraries behind matrix products take a transposed matrix as it lies in memory: the copy reads and ' +
      'writes it once more, and its result has the same values, shape and strides. The copy can pay where the same ' +
      'small matrix is multiplied by many, and on some devices where the transposed kernel is the slower one, so that ' +
      'nothing is edited: race both. A compiler removes such a copy by itself.',
    example: `def scores(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    return q @ k.transpose(-2, -1).contiguous()`,
    instead: `def scores(q: torch.Tensor, k: torch.Tensor) -> torch.Tensor:
    return q @ k.transpose(-2, -1)`,
  },
  detect(scene) {
    if (!scene.source(scene.def).includes('contiguous')) return [];
    const found: Detection[] = [];
    for (const { op, framework, operands } of scene.analysis.operations) {
      if (framework !== 'torch' || !/^(?:@|matmul|mm|bmm|mv)$/.test(op)) continue;
      for (const { expr } of operands) {
        const copy = expr && copyOf(scene, expr);
        if (!copy || isCommented(scene, copy)) continue;
        const { start, end } = copy;
        const message =
          'This copies a transposed operand before it is multiplied: products take a transposed matrix as it lies in memory.';
        found.push({ start, end, message, fixes: [] });
      }
    }
    return found;
  },
};

/** The call of `contiguous`, where its result is read at this place alone. */
function copyOf(scene: FunctionScene, operand: Expr): Expr | null {
  const value = operand.kind === 'name' && onlyUse(scene, operand) ? meaningOf(scene, operand) : operand;
  const call = torchCallOf(scene, value);
  const [object] = call?.positional ?? [];
  if (call?.name !== 'contiguous' || call.count !== 1 || !object) return null;
  return transposesLastTwo(scene, object) ? value : null;
}

function transposesLastTwo(scene: FunctionScene, expr: Expr): boolean {
  if (expr.kind === 'attribute') {
    const tensor = scene.tensorOf(expr.object);
    return tensor !== null && (expr.name === 'mT' || (expr.name === 'T' && rankOf(tensor.shape) === 2));
  }
  const call = torchCallOf(scene, expr);
  if (!call || !/^(?:t|transpose|swapaxes|swapdims|adjoint)$/.test(call.name)) return false;
  const tensor = call.positional[0] ? scene.tensorOf(call.positional[0]) : null;
  if (!tensor) return false;
  if (call.name === 't') return true;
  const axes = [call.argument(1, 'dim0', 'axis0'), call.argument(2, 'dim1', 'axis1')];
  const rank = rankOf(tensor.shape);
  const places = axes.map((each) => {
    const axis = each ? integerLiteral(each) : null;
    return axis === null || axis < 0 ? axis : rank === null ? null : axis - rank;
  });
  return places.includes(-1) && places.includes(-2);
}

/** A comment stands on a line of the copy. */
function isCommented(scene: FunctionScene, { start, end }: Expr): boolean {
  const text = scene.source({ start: 0, end: scene.def.end });
  const from = text.lastIndexOf('\n', start) + 1;
  const to = text.indexOf('\n', end);
  return text.slice(from, to < 0 ? text.length : to).includes('#');
}
