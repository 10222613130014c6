/** The rows of a Jacobian: one output after the other, differentiated through one graph. */
import type { Expr } from '../../lower/ir';
import { walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import type { GradientLoop } from './gradients';
import { boundIn, followsFrom, isTensor, steppedThrough } from './loops';
import { torchCallOf } from './torchCall';

/** The outputs whose gradients a loop takes row by row, or null. */
export function jacobianRows(scene: FunctionScene, found: GradientLoop): Expr | null {
  const { loop, inputs, keepsGraph } = found;
  // Without its graph the second row would fail.
  if (!keepsGraph) return null;
  const bound = boundIn(loop);
  if (inputs && followsFrom(inputs, bound)) return null;
  const rows = found.cotangent && !isPlain(scene, found.cotangent) ? byBasis(scene, found) : byOutput(scene, found);
  return rows && !followsFrom(rows, bound) ? rows : null;
}

/** `torch.ones_like(y[i])` weighs nothing. */
export function isPlain(scene: FunctionScene, cotangent: Expr): boolean {
  if (cotangent.kind === 'constant') return true;
  const inner = cotangent.kind === 'list' || cotangent.kind === 'tuple' ? cotangent.items[0] : cotangent;
  return inner !== undefined && /^ones(?:_like)?$/.test(torchCallOf(scene, inner)?.name ?? '');
}

/** `grad(y[i], x)`: the outputs that are stepped through. */
function byOutput(scene: FunctionScene, found: GradientLoop): Expr | null {
  const { steps, loop } = found;
  const output = withoutSum(inStep(found, withoutSum(found.output)));
  const source =
    output.kind === 'name' ? (steps.items.get(output.name) ?? null) : steppedThrough(output, steps.counter);
  return source && isTensor(scene, source, loop) ? source : null;
}

/** `grad(y, x, grad_outputs=basis)`: the outputs, where the cotangents are rows of one tensor. */
function byBasis(scene: FunctionScene, found: GradientLoop): Expr | null {
  const { cotangent, output, steps, loop } = found;
  if (!cotangent) return null;
  const inner = cotangent.kind === 'list' || cotangent.kind === 'tuple' ? cotangent.items[0] : cotangent;
  if (!inner) return null;
  const vector = inStep(found, inner);
  const source =
    vector.kind === 'name' ? (steps.items.get(vector.name) ?? null) : steppedThrough(vector, steps.counter);
  if (source && isTensor(scene, source, loop)) return output;
  return inner.kind === 'name' && isOneHot(found, inner.name) ? output : null;
}

/** `v = torch.zeros_like(y); v[i] = 1` in the step itself, or `v.zero_()` before it. */
function isOneHot({ loop, steps }: GradientLoop, name: string): boolean {
  let found = false;
  walkStatements(loop.body, (each) => {
    if (each.kind !== 'assign' || each.value?.kind !== 'number' || each.value.value !== 1) return;
    for (const target of each.targets) {
      const source = steppedThrough(target, steps.counter);
      if (source?.kind === 'name' && source.name === name) found = true;
    }
  });
  return found;
}

/** What a name is given in the step itself, where that is one value. */
function inStep({ loop }: GradientLoop, expr: Expr): Expr {
  if (expr.kind !== 'name') return expr;
  const values: (Expr | null)[] = [];
  walkStatements(loop.body, (each) => {
    if (each.kind !== 'assign') return;
    for (const target of each.targets) if (target.kind === 'name' && target.name === expr.name) values.push(each.value);
  });
  const [only, more] = values;
  return only && more === undefined ? only : expr;
}

/** Of a batch, the sum over the samples gives each its own gradient. */
function withoutSum(expr: Expr): Expr {
  const isSum = expr.kind === 'call' && expr.callee.kind === 'attribute' && expr.callee.name === 'sum';
  return isSum && expr.args.length === 0 && expr.callee.kind === 'attribute' ? expr.callee.object : expr;
}
