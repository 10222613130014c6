/**
 * torchtyping's dimensions, as in `TensorType["batch", 3, torch.float32]`: a number, -1 for one that nothing is said
 * of, a name, a name with its size (`"batch": 3`), `...` and `"batch": ...` for any number of them. Types and flags may
 * stand among them.
 */
import { constantAt, symbol } from '../dims';
import type { Size } from '../shapes';
import { UNKNOWN_SHAPE } from '../shapes';
import { dtypeOf } from '../tensors/dtypes';
import { tensor } from '../values';
import type { Site, TensorValue, Value } from '../values';
import type { Expr } from '../../lower/ir';
import { axesShape } from './axes';

/** Python's own types, by which torchtyping means torch's default ones. */
const BUILTIN: Readonly<Record<string, string>> = {
  'builtins.float': 'f32',
  'builtins.int': 'i64',
  'builtins.bool': 'bool',
};

/**
 * @param owner key of the function of which the names are sizes
 * @param evaluate gives what a name among the dimensions stands for
 */
export function torchtypingTensor(
  index: readonly Expr[],
  owner: string,
  siteOf: (expr: Expr) => Site,
  evaluate: (expr: Expr) => Value,
): TensorValue {
  const axes: (Size | 'any number')[] = [];
  let dtype: string | null = null;
  for (const each of index) {
    if (each.kind === 'name' || each.kind === 'attribute') {
      const value = evaluate(each);
      const builtin = value.kind === 'qualified' ? BUILTIN[value.name] : undefined;
      dtype = builtin ?? dtypeOf(value) ?? dtype;
    } else axes.push(axisOf(each, owner, siteOf));
  }
  return tensor('torch', axes.length === 0 ? UNKNOWN_SHAPE : (axesShape(axes) ?? UNKNOWN_SHAPE), dtype);
}

function axisOf(expr: Expr, owner: string, siteOf: (expr: Expr) => Site): Size | 'any number' {
  switch (expr.kind) {
    case 'number':
      return expr.value > 0 ? constantAt(expr.value, siteOf(expr)) : null;
    case 'string':
      return expr.value !== null && /^[A-Za-z]\w*$/.test(expr.value)
        ? symbol(`${owner}:~${expr.value}`, expr.value)
        : null;
    case 'constant':
      return expr.value === '...' ? 'any number' : null;
    case 'slice':
      return expr.upper ? axisOf(expr.upper, owner, siteOf) : null;
    default:
      return null;
  }
}
