/**
 * A shape as people write it down:
 *
 *     shape = dtype "[" sizes "]" [ "<" number ]      f32[64, 1024]    i64[64]<50257
 *           | "(" sizes ")" | "[" sizes "]"           (B, T, 64)       of a dtype that is not said
 *           | sizes                                   B T 64           numbers and capitals alone
 *     sizes = size { ( "," | " x " | " " ) size }     nothing: a scalar
 *     size  = number | name | "_" | "..." | "*" name  `_`: not said; `...` and `*name`: any number of sizes
 *
 * Comments say `shape:` in many ways, and most were not written for this tool. What is not in one of these forms is
 * nobody's mistake; only what begins like one of them and goes wrong is.
 */
import type { Dtype } from '../../../protocol/vocabulary';

export interface WrittenShape {
  readonly dtype: Dtype | null;
  /** There may be more sizes before those listed. */
  readonly open: boolean;
  /** Numbers as numbers, names as they stand, null for what is not said. */
  readonly sizes: readonly (number | string | null)[];
  /** The exclusive upper bound of integers. */
  readonly high: number | null;
}

export interface WrittenError {
  readonly kind: 'error';
  readonly message: string;
}

const TENSOR = /^(f16|bf16|f32|f64|i8|i16|i32|i64|u8|bool|c64|c128)\s*\[([^\]]*)\]\s*(?:<\s*(\d+)\s*)?$/;
/** Meant as a tensor, whatever is wrong with it. */
const LIKE_TENSOR = /^(?:(?:f|bf|i|u|c|float|bfloat|int|uint|complex)\d+|bool)\s*(?:\[|$)/;
const SIZE = /^(?:\d+|[A-Za-z_]\w*|\.\.\.|\*[A-Za-z_]\w*)$/;
const SHORT = /^(?:\d+|[A-Z][A-Z0-9_]*)$/;

/** @returns null where the text is not of the form `f32[64, 1024]`; an error where it is meant to be */
export function parseTyped(text: string): WrittenShape | WrittenError | null {
  const match = TENSOR.exec(text);
  if (!match) return LIKE_TENSOR.test(text) ? error(`\`${text}\` is no shape: write it like f32[64, 1024]`) : null;
  const [, dtype = '', list = '', high] = match;
  const parts = list.split(/[\s,]+/).filter((each) => each !== '');
  const wrong = parts.find((each) => !SIZE.test(each));
  if (wrong !== undefined) return error(`\`${wrong}\` is no size: write a number or a name`);
  return shape(parts, dtype as Dtype, high === undefined ? null : Number(high));
}

/** @returns null where the text is no tuple of numbers and names, as a Python expression may well be */
export function parseTuple(text: string): WrittenShape | null {
  const inner = /^\(([^()]*,[^()]*)\)$/.exec(text)?.[1];
  const parts = inner === undefined ? [] : partsOf(inner);
  const all = inner === undefined ? null : shape(parts, null, null);
  return all && parts.every((each) => SIZE.test(each)) && !('kind' in all) ? all : null;
}

/** The shape that a comment says without a name; null where it says something else, or says it to others. */
export function parseBare(text: string): WrittenShape | WrittenError | null {
  const typed = parseTyped(text);
  if (typed) return typed;
  const opening = text[0];
  if (opening === '(' || opening === '[') {
    const closing = opening === '(' ? ')' : ']';
    const at = endOf(text);
    if (at === null || text[at] !== closing) return error(`\`${opening}\` is not closed`);
    const rest = text.slice(at + 1).trim();
    if (rest !== '') return error(`\`${rest}\` follows the shape`);
    return shape(partsOf(text.slice(1, at)), null, null);
  }
  const parts = partsOf(text);
  return parts.length > 1 && parts.every((each) => SHORT.test(each)) ? shape(parts, null, null) : null;
}

function shape(parts: readonly string[], dtype: Dtype | null, high: number | null): WrittenShape | WrittenError {
  const several = parts.filter(isSeveral);
  if (several.length > 1) return error(`\`${several[1] ?? ''}\` is a second size that stands for several`);
  const sizes = parts.slice(parts.findIndex(isSeveral) + 1).map((each) => {
    if (/^\d+$/.test(each)) return Number(each);
    // What an expression comes to is not computed.
    return each !== '_' && /^[A-Za-z_]\w*$/.test(each) ? each : null;
  });
  return { dtype, open: several.length > 0, sizes, high };
}

function isSeveral(part: string): boolean {
  return part === '...' || /^\*[A-Za-z_]\w*$/.test(part);
}

/** The sizes between commas; without any between `x` or `×`, and without these between spaces. */
function partsOf(text: string): readonly string[] {
  const inner = text.trim();
  const separator = inner.includes(',') ? ',' : /\s[x×]\s/.test(inner) ? /\s[x×]\s/ : null;
  const spaced = inner.split(/\s+/);
  // A sentence in brackets is one thing that is no size, and so is an expression.
  const parts = separator ? inner.split(separator) : spaced.every((each) => SHORT.test(each)) ? spaced : [inner];
  return parts.map((each) => each.trim()).filter((each) => each !== '');
}

/** Where the bracket that a text begins with is closed. */
function endOf(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const each = text[at] ?? '';
    if ('([{'.includes(each)) depth++;
    else if (')]}'.includes(each) && --depth === 0) return at;
  }
  return null;
}

function error(message: string): WrittenError {
  return { kind: 'error', message };
}
