/** Shapes that the reader wrote down: jaxtyping annotations and `# shape:` comments. */
import type { SubscriptExpr } from '../../lower/ir';
import { constant, symbol } from '../dims';
import { shapeOf } from '../shapes';
import type { Shape, Size } from '../shapes';
import { tensor } from '../values';
import type { Framework, TensorValue } from '../values';
import type { Evaluator } from './evaluator';

const JAXTYPING: Readonly<Record<string, string | null>> = {
  Float: 'f32',
  Float16: 'f16',
  BFloat16: 'bf16',
  Float32: 'f32',
  Float64: 'f64',
  Int: 'i64',
  Int32: 'i32',
  Int64: 'i64',
  UInt8: 'u8',
  Bool: 'bool',
  Num: null,
  Inexact: null,
  Shaped: null,
  Real: null,
};

/** `Float[Tensor, "batch 768"]`; null for other subscripts. */
export function shapeAnnotation(ev: Evaluator, expr: SubscriptExpr): TensorValue | null {
  const { object } = expr;
  const name = object.kind === 'name' ? object.name : object.kind === 'attribute' ? object.name : '';
  const dtype = JAXTYPING[name];
  const [array, sizes] = expr.index;
  if (dtype === undefined || sizes?.kind !== 'string' || sizes.value === null || !array) return null;
  const framework = frameworkOf(ev, array);
  const shape = jaxtypingShape(sizes.value, ev.owner);
  return framework && shape ? tensor(framework, shape, dtype) : null;
}

function frameworkOf(ev: Evaluator, expr: SubscriptExpr['index'][number]): Framework | null {
  if (expr.kind === 'name' || expr.kind === 'attribute') {
    const value = ev.evaluate(expr);
    if (value.kind === 'qualified') {
      if (value.name.startsWith('torch.')) return 'torch';
      if (value.name.startsWith('numpy.')) return 'numpy';
      if (value.name.startsWith('jax.')) return 'jax';
    }
  }
  return null;
}

/** Names are symbols of the function; `*batch` and `...` are any number of dimensions, at the front alone. */
function jaxtypingShape(text: string, owner: string): Shape | null {
  const dims: Size[] = [];
  let open = false;
  for (const [at, part] of text.trim().split(/\s+/).filter(Boolean).entries()) {
    if (part === '...' || part.startsWith('*')) {
      if (at > 0) return null;
      open = true;
    } else if (/^\d+$/.test(part)) dims.push(constant(Number(part)));
    else if (/^[A-Za-z]\w*$/.test(part)) dims.push(symbol(`${owner}:~${part}`, part));
    else dims.push(null);
  }
  return open ? { open, dims } : shapeOf(dims);
}
