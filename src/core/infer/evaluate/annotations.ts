/** Shapes that the reader wrote down in annotations: jaxtyping's and torchtyping's. */
import type { Expr, SubscriptExpr } from '../../lower/ir';
import { jaxtypingShape } from '../annotations/jaxtyping';
import { torchtypingTensor } from '../annotations/torchtyping';
import { tensor } from '../values';
import type { Framework, TensorValue } from '../values';
import type { Evaluator } from './evaluator';

/** By the name of the annotation; null for those that allow several. */
const JAXTYPING: Readonly<Record<string, string | null>> = {
  Float: null,
  Float16: 'f16',
  BFloat16: 'bf16',
  Float32: 'f32',
  Float64: 'f64',
  // Torch's own integers are these; an index of another type is rare.
  Int: 'i64',
  Integer: 'i64',
  Int8: 'i8',
  Int16: 'i16',
  Int32: 'i32',
  Int64: 'i64',
  UInt: 'u8',
  UInt8: 'u8',
  Bool: 'bool',
  Complex: null,
  Complex64: 'c64',
  Complex128: 'c128',
  Num: null,
  Inexact: null,
  Shaped: null,
  Real: null,
};

/** `Float[Tensor, "batch 768"]` or `TensorType["batch", 768]`; null for other subscripts. */
export function shapeAnnotation(ev: Evaluator, expr: SubscriptExpr): TensorValue | null {
  const { object } = expr;
  const name = object.kind === 'name' || object.kind === 'attribute' ? object.name : '';
  if (name === 'TensorType') {
    const type = ev.unlinked(() => ev.evaluate(object));
    if (type.kind !== 'qualified' || !type.name.startsWith('torchtyping.')) return null;
    return torchtypingTensor(
      expr.index,
      ev.owner,
      (each) => ev.site(each),
      (each) => ev.evaluate(each),
    );
  }
  const dtype = JAXTYPING[name];
  const [array, sizes] = expr.index;
  if (dtype === undefined || sizes?.kind !== 'string' || sizes.value === null || !array) return null;
  const framework = frameworkOf(ev, array);
  const shape = jaxtypingShape(sizes.value, ev.owner, ev.site(sizes));
  return framework && shape ? tensor(framework, shape, dtype) : null;
}

function frameworkOf(ev: Evaluator, expr: Expr): Framework | null {
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
