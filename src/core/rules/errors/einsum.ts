/** What is wrong with einsum subscripts, by the rules of `torch.einsum`. */
import { formatDim } from '../../infer/dims';
import type { Dim } from '../../infer/dims';
import { formatShape, rankOf, sizeAt } from '../../infer/shapes';
import type { Shape } from '../../infer/shapes';
import { cannotBroadcast, differ } from './sizes';

/** Letters with at most one ellipsis among them; spaces count for nothing, other white space is not allowed. */
const TERM = /^(?: *[A-Za-z])* *(?:\.\.\.(?: *[A-Za-z])*)? *$/;

/** What is wrong with the equation whatever it is given, or null. */
export function equationError(equation: string): string | null {
  const [left = '', right, more] = equation.split('->');
  if (more !== undefined) return 'it has more than one arrow.';
  const inputs = left.split(',');
  const malformed = [...inputs, right ?? ''].find((each) => !TERM.test(each));
  if (malformed !== undefined) return `\`${malformed}\` is not made of letters with at most one ellipsis.`;
  const output = letters(right ?? '');
  const foreign = output.find((each) => !left.includes(each));
  if (foreign !== undefined) return `\`${foreign}\` of the output is in none of the inputs.`;
  const twice = output.find((each, at) => output.indexOf(each) !== at);
  return twice === undefined ? null : `\`${twice}\` stands twice in the output.`;
}

/** How many operands an equation takes. */
export function operandCount(equation: string): number {
  return (equation.split('->')[0] ?? '').split(',').length;
}

/** What is wrong with operands of these shapes, as many as the equation takes; or null. */
export function operandError(equation: string, shapes: readonly Shape[]): string | null {
  const terms = (equation.split('->')[0] ?? '').split(',');
  const sizes = new Map<string, Dim>();
  for (const [at, term] of terms.entries()) {
    const shape = shapes[at];
    const indices = letters(term);
    const rank = shape ? rankOf(shape) : null;
    const hasEllipsis = term.includes('...');
    if (shape && rank !== null && (hasEllipsis ? indices.length > rank : indices.length !== rank))
      return `\`${term.trim()}\` names ${indices.length} dimensions${hasEllipsis ? ' and more' : ''} of an operand that has ${rank}: ${formatShape(shape)}.`;
    const found = shape ? conflictIn(term, shape, sizes) : null;
    if (found !== null) return found;
  }
  return null;
}

/** @param sizes of the indices of the operands before; one that is not 1 decides */
function conflictIn(term: string, shape: Shape, sizes: Map<string, Dim>): string | null {
  const own = new Map<string, Dim>();
  for (const [index, size] of sized(term, shape)) {
    const before = own.get(index);
    if (before && differ(before, size)) return conflict(index, before, size);
    own.set(index, size);
  }
  for (const [index, size] of own) {
    const before = sizes.get(index);
    if (before && cannotBroadcast(before, size)) return conflict(index, before, size);
    if (!before || formatDim(before) === '1') sizes.set(index, size);
  }
  return null;
}

function conflict(index: string, a: Dim, b: Dim): string {
  return `\`${index}\` stands for the size ${formatDim(a)} and for ${formatDim(b)}.`;
}

/** The indices of a term with the sizes that they stand for, where these are known. */
function sized(term: string, shape: Shape): readonly (readonly [string, Dim])[] {
  const [head = '', tail] = term.split('...');
  const [first, last] = [letters(head), letters(tail ?? '')];
  const found: [string, Dim][] = [];
  const add = (index: string, at: number): void => {
    const size = sizeAt(shape, at);
    if (size) found.push([index, size]);
  };
  // Where the number of dimensions is not known, those at the end are counted from there.
  first.forEach((index, at) => {
    add(index, tail === undefined && shape.open ? at - first.length : at);
  });
  last.forEach((index, at) => {
    add(index, at - last.length);
  });
  return found;
}

function letters(term: string): readonly string[] {
  return [...term].filter((each) => /[A-Za-z]/.test(each));
}
