/** Calls of einsum with their subscripts and operands, of torch and of einops. */
import type { CallExpr, Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';

export interface EinsumCall {
  readonly expr: CallExpr;
  /** The indices of each operand; `...` is one of them. */
  readonly inputs: readonly (readonly string[])[];
  readonly output: readonly string[];
  readonly operands: readonly Expr[];
}

/** Null where the equation is not written out with its output, or not every operand is. */
export function einsumOf(scene: FunctionScene, expr: Expr): EinsumCall | null {
  if (expr.kind !== 'call' || !lastName(expr.callee).endsWith('einsum')) return null;
  const { args } = expr;
  if (args.some((each) => each.name !== null || each.value.kind === 'starred')) return null;
  const name = scene.qualifiedName(expr.callee);
  const values = args.map((each) => each.value);
  const equation = name === 'torch.einsum' ? values[0] : name === 'einops.einsum' ? values.at(-1) : null;
  if (equation?.kind !== 'string' || equation.value === null) return null;
  const operands = name === 'torch.einsum' ? values.slice(1) : values.slice(0, -1);
  const [left = '', right, more] = equation.value.split('->');
  if (right === undefined || more !== undefined) return null;
  const indices = name === 'torch.einsum' ? letters : words;
  const inputs = left.split(',').map(indices);
  const output = indices(right);
  if (inputs.length !== operands.length || output === null || inputs.some((each) => each === null)) return null;
  return { expr, inputs: inputs.filter((each) => each !== null), output, operands };
}

function lastName(callee: Expr): string {
  return callee.kind === 'name' || callee.kind === 'attribute' ? callee.name : '';
}

/** torch names an index by one letter. */
function letters(text: string): readonly string[] | null {
  const plain = text.replaceAll(' ', '');
  return /^[A-Za-z]*(?:\.\.\.[A-Za-z]*)?$/.test(plain)
    ? [...plain.matchAll(/\.\.\.|[A-Za-z]/g)].map(([each]) => each)
    : null;
}

/** einops names one by a word. */
function words(text: string): readonly string[] | null {
  const plain = text.trim();
  if (plain === '') return [];
  const all = plain.split(/\s+/);
  return all.every((each) => each === '...' || /^[A-Za-z]\w*$/.test(each)) ? all : null;
}
