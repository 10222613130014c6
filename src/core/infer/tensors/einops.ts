/** Patterns of einops, `b n (h d) -> b h n d`: what they ask of a tensor, and what they make of it. */
import { compute, constant, multiply, numberOf, product, sameDim, symbol } from '../dims';
import type { Dim } from '../dims';
import { atRank, shapeOf, sizeAt } from '../shapes';
import type { Shape, Size } from '../shapes';

/** One dimension: the names and numbers that it is made of, or `...`, any number of dimensions. */
type Axis = readonly string[] | '...';

export interface Pattern {
  readonly input: readonly Axis[];
  readonly output: readonly Axis[];
}

const TOKEN = /\s*(?:(\()|(\))|(\.\.\.)|([A-Za-z_]\w*|\d+))/y;

/** Null where a text is no pattern that is understood here. */
export function parsePattern(text: string): Pattern | null {
  const [left, right, more] = text.split('->');
  const [input, output] = [left, right].map((side) => (side === undefined ? null : parseSide(side)));
  return input && output && more === undefined ? { input, output } : null;
}

function parseSide(text: string): readonly Axis[] | null {
  const axes: Axis[] = [];
  let group: string[] | null = null;
  const end = text.trimEnd().length;
  for (TOKEN.lastIndex = 0; TOKEN.lastIndex < end;) {
    const [, open, close, dots, name] = TOKEN.exec(text) ?? [];
    if (open && !group) group = [];
    else if (close && group) {
      axes.push(group);
      group = null;
    } else if (dots && !group) axes.push('...');
    else if (name && group) group.push(name);
    else if (name) axes.push([name]);
    else return null;
  }
  return group || axes.filter((each) => each === '...').length > 1 ? null : axes;
}

export interface Rearranged {
  /** The tensor's own shape, now that the pattern is known to fit it. */
  readonly input: Shape;
  readonly output: Shape;
}

/**
 * @param given sizes of axes, as arguments name them
 * @param name makes a size for an axis of which nothing else is known; einops holds every axis to one size
 */
export function rearrange(
  pattern: Pattern,
  source: Shape,
  given: ReadonlyMap<string, Size>,
  name: (axis: string) => Size,
): Rearranged {
  const sizes = new Map<string, Size>(given);
  const dots = pattern.input.indexOf('...');
  const known = dots < 0 ? atRank(source, pattern.input.length) : source;
  const fits = dots >= 0 || known.open || known.dims.length === pattern.input.length;
  const sizeOf = (at: number): Size =>
    !fits ? null : sizeAt(known, dots >= 0 && at > dots ? at - pattern.input.length : at);
  const inputSizes = pattern.input.map((axis, at) => (axis === '...' ? null : solve(axis, sizeOf(at), sizes, name)));
  const lead =
    dots < 0 || known.open ? null : known.dims.slice(dots, known.dims.length - pattern.input.length + dots + 1);
  const shape = (axes: readonly Axis[], of: (axis: readonly string[], at: number) => Size): Shape => {
    const at = axes.indexOf('...');
    const dims = axes.map((axis, index) => (axis === '...' ? null : of(axis, index)));
    if (at < 0) return shapeOf(dims);
    if (lead) return shapeOf([...dims.slice(0, at), ...lead, ...dims.slice(at + 1)]);
    return { open: true, dims: dims.slice(at + 1) };
  };
  return {
    input: fits ? shape(pattern.input, (_, at) => inputSizes[at] ?? null) : source,
    output: shape(pattern.output, (axis) => sizeOfAxis(axis, sizes)),
  };
}

/** What an axis tells of the names in it, with the size of the whole. */
function solve(axis: readonly string[], whole: Size, sizes: Map<string, Size>, name: (axis: string) => Size): Size {
  const unknown = axis.filter((each) => !isNumber(each) && !sizes.get(each));
  const [only, more] = unknown;
  if (only !== undefined && more === undefined) {
    const others = sizeOfAxis(
      axis.filter((each) => each !== only),
      sizes,
    );
    sizes.set(only, (whole && others ? quotient(whole, others) : null) ?? name(only));
  } else for (const each of unknown) sizes.set(each, name(each));
  const made = sizeOfAxis(axis, sizes);
  // A number says more than a name, and a size that was known before more than one that was made here.
  return whole ?? made;
}

function sizeOfAxis(axis: readonly string[], sizes: ReadonlyMap<string, Size>): Size {
  const factors = axis.map((each) => (isNumber(each) ? constant(Number(each)) : (sizes.get(each) ?? null)));
  return factors.every((each) => each !== null) ? product(factors) : null;
}

function quotient(whole: Dim, others: Dim): Size {
  const found = compute('//', [whole, others]);
  return numberOf(found) !== null || sameDim(multiply(found, others), whole) ? found : null;
}

function isNumber(token: string): boolean {
  return /^\d/.test(token);
}

/** A size called by the name of its axis. */
export function namedAxis(site: string, axis: string): Dim {
  return symbol(`${site}~${axis}`, axis);
}
