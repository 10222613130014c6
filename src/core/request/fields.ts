/** From what stands in the form's fields to the inputs of a request, with a message for each field that is wrong. */
import type { FormInit, FormInput, FormValues } from '../../protocol/panel';
import type { InitArgument, InputSpec } from '../../protocol/request';
import type { Dtype } from '../../protocol/vocabulary';
import type { WrittenShape } from '../infer/annotations/shapeText';
import { parseWritten } from '../infer/written';

/** Larger tensors are surely a slip of the finger. */
const MOST_ELEMENTS = 2 ** 34;

/** Sizes separated by commas, spaces or `×`, with or without brackets; null where it is none. */
export function parseSizes(text: string): readonly number[] | null {
  const inner = text.trim().replace(/^[[(]([^]*)[\])]$/, '$1');
  const parts = inner.split(/[\s,×x]+/).filter((each) => each !== '');
  const sizes = parts.map((each) => (/^\d[\d_]*$/.test(each) ? Number(each.replaceAll('_', '')) : NaN));
  return sizes.every((each) => Number.isSafeInteger(each)) ? sizes : null;
}

export type Fields =
  | { readonly ok: true; readonly inputs: readonly InputSpec[]; readonly init: readonly InitArgument[] }
  /** By field: `inputs.NAME` and `init.NAME`. */
  | { readonly ok: false; readonly errors: Readonly<Record<string, string>> };

export function readFields(values: FormValues): Fields {
  const errors: Record<string, string> = {};
  const inputs: InputSpec[] = [];
  for (const each of values.inputs) {
    const input = readInput(each);
    if (typeof input === 'string') errors[`inputs.${each.name}`] = input;
    else inputs.push(input);
  }
  const init: InitArgument[] = [];
  for (const each of values.init) {
    const expression = each.expression.trim();
    if (expression !== '') init.push({ name: each.name, expression });
    else if (each.default === null) errors[`init.${each.name}`] = `${each.name} has no default: give it a value`;
  }
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, inputs, init };
}

/** @returns what is wrong, as a sentence, or the input */
function readInput(row: FormInput): InputSpec | string {
  const { name, kind, dtype } = row;
  if (kind === 'default') return { kind, name };
  if (kind === 'literal' || kind === 'expression') {
    const expression = row.expression.trim();
    return expression === '' ? `give ${name} a Python expression` : { kind, name, expression };
  }
  const shape = parseSizes(row.shape);
  if (!shape) return `\`${row.shape}\` is no shape: write sizes such as 64, 1024`;
  if (shape.reduce((product, each) => product * each, 1) > MOST_ELEMENTS)
    return `a tensor of shape ${shape.join(' × ')} has more elements than fit into memory`;
  if (kind === 'mask') return { kind, name, shape: [...shape], density: 0.8 };
  if (kind === 'float') {
    return /^(?:f|bf|c)/.test(dtype)
      ? { kind, name, dtype, shape: [...shape] }
      : `${dtype} is no floating-point type: choose index or mask, or another dtype`;
  }
  const high = Number(row.high.trim() === '' ? NaN : row.high.replaceAll('_', ''));
  if (!Number.isSafeInteger(high) || high < 1)
    return `say below which number the indices of ${name} stay, such as 1000`;
  return /^[iu]/.test(dtype) ? { kind, name, dtype, shape: [...shape], high } : `${dtype} is no integer type`;
}

/** An input in the command line's words, such as `f32[64,1024]`. */
export function describeInput(input: InputSpec): string {
  switch (input.kind) {
    case 'float':
      return `${input.dtype}[${input.shape.join(',')}]`;
    case 'index':
      return `${input.dtype}[${input.shape.join(',')}]<${input.high}`;
    case 'mask':
      return `bool[${input.shape.join(',')}]`;
    case 'default':
      return 'default';
    default:
      return input.expression;
  }
}

export type TextResult =
  { readonly ok: true; readonly values: FormValues } | { readonly ok: false; readonly message: string };

/** The form with the command line's `--inputs` and `--init` filled in. */
export function inputsFromText(values: FormValues, inputs: string | null, init: string | null): TextResult {
  const rows = new Map(values.inputs.map((each) => [each.name, each]));
  const written = inputs === null ? [] : parseWritten(inputs);
  if ('kind' in written) return { ok: false, message: `--inputs: ${written.message}` };
  for (const each of written) {
    const row = rows.get(each.name);
    if (!row)
      return {
        ok: false,
        message: `--inputs: there is no parameter ${each.name}${listed('parameters', [...rows.keys()])}`,
      };
    const learned = '--inputs';
    if (each.kind === 'expression') rows.set(each.name, { ...row, ...asExpression(each.expression), learned });
    else if (each.open || each.sizes.some((size) => typeof size !== 'number')) {
      return { ok: false, message: `--inputs: the sizes of ${each.name} must be numbers` };
    } else rows.set(each.name, { ...row, ...asTensor(each, row), shape: each.sizes.join(', '), learned });
  }
  const settings = initFromText(values.init, init);
  if ('message' in settings) return { ok: false, message: settings.message };
  return { ok: true, values: { inputs: [...rows.values()], init: [...settings.rows] } };
}

function initFromText(
  known: readonly FormInit[],
  text: string | null,
): { rows: readonly FormInit[] } | { message: string } {
  const rows = new Map(known.map((each) => [each.name, each]));
  const written = text === null ? [] : parseWritten(text, 'expressions');
  if ('kind' in written) return { message: `--init: ${written.message}` };
  for (const each of written) {
    const row = rows.get(each.name);
    if (!row)
      return {
        message: `--init: the constructor has no parameter ${each.name}${listed('parameters', [...rows.keys()])}`,
      };
    if (each.kind === 'tensor') return { message: `--init: ${each.name} must be a Python expression` };
    rows.set(each.name, { ...row, expression: each.expression, learned: '--init' });
  }
  return { rows: [...rows.values()] };
}

function listed(what: string, names: readonly string[]): string {
  return names.length > 0 ? `; its ${what} are ${names.join(', ')}` : `; it has no ${what}`;
}

function asExpression(expression: string): Pick<FormInput, 'kind' | 'expression'> {
  const literal = /^(?:-?[\d.]+(?:e-?\d+)?|True|False|None|"[^"]*"|'[^']*')$/.test(expression);
  return { kind: literal ? 'literal' : 'expression', expression };
}

/** The kind of tensor that somebody wrote down, as far as that says it. */
export function asTensor(
  { dtype, high }: WrittenShape,
  otherwise: Pick<FormInput, 'kind' | 'dtype' | 'high'>,
): Pick<FormInput, 'kind' | 'dtype' | 'high'> {
  const isTensor = otherwise.kind === 'float' || otherwise.kind === 'index' || otherwise.kind === 'mask';
  if (dtype === null) return isTensor ? otherwise : { kind: 'float', dtype: 'f32', high: '' };
  const kind = kindOfDtype(dtype);
  return { kind, dtype, high: high !== null ? String(high) : kind === 'index' ? otherwise.high || '2' : '' };
}

export function kindOfDtype(dtype: Dtype): 'mask' | 'index' | 'float' {
  if (dtype === 'bool') return 'mask';
  return /^[iu]/.test(dtype) ? 'index' : 'float';
}
