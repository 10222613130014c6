/** What a tensor is the transpose of: `x` of `x.T`, `x.mT`, `x.t()` and `x.transpose(-1, -2)`. */
import { rankOf } from '../../infer/shapes';
import { integerLiteral } from '../literals';
import type { Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import type { Factor } from './product';
import { torchCallOf } from './torchCall';

/** Null for any other expression, and where a batch might be turned round as well. */
export function untransposed(scene: FunctionScene, { expr, tensor }: Pick<Factor, 'expr' | 'tensor'>): Expr | null {
  const matrix = rankOf(tensor.shape) === 2;
  if (expr.kind === 'attribute') return expr.name === 'mT' || (expr.name === 'T' && matrix) ? expr.object : null;
  const call = expr.kind === 'call' ? torchCallOf(scene, expr) : null;
  const input = call?.argument(0, 'input', 'self');
  if (!call || !input) return null;
  if (call.name === 't') return matrix ? input : null;
  if (call.name !== 'transpose') return null;
  const dims = [call.argument(1, 'dim0'), call.argument(2, 'dim1')].map((each) => each && integerLiteral(each));
  const last = dims.includes(-1) && dims.includes(-2);
  return last || (matrix && dims.includes(0) && dims.includes(1)) ? input : null;
}
