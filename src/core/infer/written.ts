/**
 * Shapes that the reader wrote down, in a comment or on the command line:
 *
 *     # shape: x=f32[64, 1024], idx=i64[64]<50257, mask=bool[64, 64]
 *
 * A tensor is `name=dtype[sizes]`; sizes are numbers or names; `<n` gives the exclusive upper bound of
 * integers. Anything else behind the equals sign is a Python expression.
 */
import type { Directive } from '../lower/facts';
import type { FunctionFacts } from '../lower/facts';
import type { Dtype } from '../../protocol/vocabulary';
import { constant, symbol } from './dims';
import type { FileModel } from './model';
import { shapeOf } from './shapes';
import type { TensorValue } from './values';

export type WrittenInput =
  | {
      readonly kind: 'tensor';
      readonly name: string;
      readonly dtype: Dtype;
      /** Numbers as numbers, names as they stand. */
      readonly sizes: readonly (number | string)[];
      /** The exclusive upper bound of integers. */
      readonly high: number | null;
    }
  | { readonly kind: 'expression'; readonly name: string; readonly expression: string };

export interface WrittenError {
  readonly kind: 'error';
  readonly message: string;
}

const TENSOR = /^(f16|bf16|f32|f64|i8|i16|i32|i64|u8|bool|c64|c128)\s*\[([^\]]*)\]\s*(?:<\s*(\d+)\s*)?$/;
/** Meant as a tensor, whatever is wrong with it. */
const LIKE_TENSOR = /^(?:(?:f|bf|i|u|c|float|bfloat|int|uint|complex)\d+|bool)\s*(?:\[|$)/;
const SIZE = /^(?:\d+|[A-Za-z_]\w*)$/;

/** The inputs in a text, or what is wrong with it. */
export function parseWritten(text: string): readonly WrittenInput[] | WrittenError {
  const inputs: WrittenInput[] = [];
  for (const part of splitOutsideBrackets(text)) {
    if (part.trim() === '') continue;
    const match = /^\s*([A-Za-z_]\w*|\*)\s*=(?!=)\s*([^]*?)\s*$/.exec(part);
    const [, name = '', value = ''] = match ?? [];
    if (!match || value === '')
      return { kind: 'error', message: `\`${part.trim()}\` is not of the form name=f32[64, 1024]` };
    const tensor = TENSOR.exec(value);
    if (!tensor && LIKE_TENSOR.test(value)) {
      return { kind: 'error', message: `\`${value}\` is no shape: write ${name}=f32[64, 1024]` };
    }
    if (!tensor) {
      inputs.push({ kind: 'expression', name, expression: value });
      continue;
    }
    const [, dtype = '', list = '', high] = tensor;
    const sizes = list.split(/[\s,]+/).filter((each) => each !== '');
    const wrong = sizes.find((each) => !SIZE.test(each));
    if (wrong !== undefined) return { kind: 'error', message: `\`${wrong}\` in the shape of ${name} is no size` };
    inputs.push({
      kind: 'tensor',
      name,
      dtype: dtype as Dtype,
      sizes: sizes.map((each) => (/^\d/.test(each) ? Number(each) : each)),
      high: high === undefined ? null : Number(high),
    });
  }
  return inputs;
}

/** The parts between commas that stand outside of brackets and strings. */
function splitOutsideBrackets(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const each = text[at] ?? '';
    if (quote) {
      if (each === '\\') at++;
      else if (each === quote) quote = '';
    } else if (each === '"' || each === "'") quote = each;
    else if ('([{'.includes(each)) depth++;
    else if (')]}'.includes(each)) depth--;
    else if (each === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/** A `# shape:` comment of a function that cannot be read, or that names none of its parameters. */
export interface UnreadableComment {
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

export function unreadableComments(file: FileModel, facts: FunctionFacts): readonly UnreadableComment[] {
  const names = new Set(facts.def.parameters.map((each) => each.name));
  return file.facts.directives.flatMap((directive) => {
    if (directive.kind !== 'shape' || !belongsTo(file, directive, facts)) return [];
    const line = file.lines.position(directive.start).line + 1;
    const inputs = parseWritten(directive.text);
    if ('kind' in inputs) return [{ line, message: inputs.message }];
    const stranger = inputs.find((each) => !names.has(each.name));
    return stranger ? [{ line, message: `there is no parameter ${stranger.name}` }] : [];
  });
}

/** What `# shape:` comments say of a function's parameters. Comments that cannot be read say nothing. */
export function writtenShapes(file: FileModel, facts: FunctionFacts): ReadonlyMap<string, WrittenInput> {
  const found = new Map<string, WrittenInput>();
  for (const directive of file.facts.directives) {
    if (directive.kind !== 'shape' || !belongsTo(file, directive, facts)) continue;
    const inputs = parseWritten(directive.text);
    if ('kind' in inputs) continue;
    for (const each of inputs) found.set(each.name, each);
  }
  return found;
}

/** A comment belongs to the function in whose header it stands, or which follows it with no code between. */
function belongsTo(file: FileModel, directive: Directive, facts: FunctionFacts): boolean {
  const { start, end } = facts.def;
  if (directive.end <= start) {
    const between = file.text.slice(directive.end, start);
    return directive.ownLine && /^(?:\s|#[^\r\n]*)*$/.test(between);
  }
  if (directive.start >= end) return false;
  const statements = file.body(facts.key)?.body ?? [];
  const first = statements.find((each) => each.kind !== 'expr' || each.value.kind !== 'string');
  return first !== undefined && directive.end <= first.start + start;
}

/** A written tensor as a value; names of sizes are symbols of the function's own. */
export function writtenTensor(input: Extract<WrittenInput, { kind: 'tensor' }>, owner: string): TensorValue {
  const dims = input.sizes.map((each) =>
    typeof each === 'number' ? constant(each) : symbol(`${owner}:#${each}`, each),
  );
  return { kind: 'tensor', framework: 'torch', shape: shapeOf(dims), dtype: input.dtype, parameter: input.name };
}
