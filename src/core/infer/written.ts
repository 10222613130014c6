/**
 * Shapes that the reader wrote down with the names that they are of, in a comment or on the command line:
 *
 *     # shape: x=f32[64, 1024], idx=i64[64]<50257, w=(B, 64), scale=0.5
 *
 * A tensor is `name=dtype[sizes]`, or `name=(sizes)` where nothing is said of its dtype; `<n` gives the exclusive upper
 * bound of integers. Anything else behind the equals sign is a Python expression.
 */
import { parseTuple, parseTyped } from './annotations/shapeText';
import type { WrittenError, WrittenShape } from './annotations/shapeText';

export type WrittenInput =
  | (WrittenShape & { readonly kind: 'tensor'; readonly name: string })
  | { readonly kind: 'expression'; readonly name: string; readonly expression: string };

/**
 * The inputs in a text, or what is wrong with it.
 * @param tuples what `(64, 1024)` is: constructors take tuples, and no tensors
 */
export function parseWritten(
  text: string,
  tuples: 'shapes' | 'expressions' = 'shapes',
): readonly WrittenInput[] | WrittenError {
  const inputs: WrittenInput[] = [];
  for (const part of splitOutsideBrackets(text)) {
    if (part.trim() === '') continue;
    const match = NAMED.exec(part);
    const [, name = '', value = ''] = match ?? [];
    if (!match || value === '')
      return { kind: 'error', message: `\`${part.trim()}\` is not of the form name=f32[64, 1024]` };
    const shape = parseTyped(value) ?? (tuples === 'shapes' ? parseTuple(value) : null);
    if (!shape) inputs.push({ kind: 'expression', name, expression: value });
    else if ('kind' in shape) return shape;
    else inputs.push({ kind: 'tensor', name, ...shape });
  }
  return inputs;
}

const NAMED = /^\s*([A-Za-z_]\w*|\*)\s*=(?!=)\s*([^]*?)\s*$/;

/** Whether a text means to say what a name is. */
export function namesSomething(text: string): boolean {
  return splitOutsideBrackets(text).some((each) => NAMED.test(each));
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
