/** Einsum subscripts: their parsing, the shape of the result, and the operations of a two-operand contraction. */
import { constant, multiply, numberOf, product, symbol } from '../dims';
import type { Dim } from '../dims';
import { atRank, shapeOf, sizeAt, UNKNOWN_SHAPE } from '../shapes';
import type { Shape, Size } from '../shapes';

export interface Subscripts {
  readonly inputs: readonly string[];
  readonly output: string;
}

/** Reads `bij,bjk->bik`; without an arrow the output is every index that stands once, in order. Null: malformed. */
export function parseSubscripts(text: string): Subscripts | null {
  const [left = '', right, more] = text.replace(/\s+/g, '').split('->');
  if (more !== undefined) return null;
  const inputs = left.split(',');
  const plain = /^(?:[A-Za-z]|\.\.\.)*$/;
  if (!inputs.every((each) => plain.test(each)) || (right !== undefined && !plain.test(right))) return null;
  if (right !== undefined) return { inputs, output: right };
  const letters = inputs.join('').replaceAll('...', '');
  const once = [...new Set(letters)].filter((each) => letters.split(each).length === 2).sort();
  return { inputs, output: (left.includes('...') ? '...' : '') + once.join('') };
}

/**
 * The shapes of the operands as their subscripts show them: without `...` each index is a dimension. A size that
 * is not known is called by its index where that stands at one operand alone: of several, one may be 1.
 * @param id begins the ids of such sizes
 */
export function subscripted(subscripts: Subscripts, operands: readonly Shape[], id: string): readonly Shape[] {
  return operands.map((shape, at) => {
    const indices = subscripts.inputs[at] ?? '';
    const others = subscripts.inputs.filter((_, other) => other !== at).join('');
    const [head = '', tail] = indices.split('...');
    const known = tail === undefined ? atRank(shape, head.length) : shape;
    const fits =
      tail === undefined ? known.dims.length === head.length : known.dims.length >= head.length + tail.length;
    if (known.open || !fits) return known;
    const name = (position: number): string | undefined =>
      position < head.length ? head[position] : tail?.at(position - known.dims.length);
    return shapeOf(
      known.dims.map((size, position) => {
        const index = name(position);
        return size ?? (index === undefined || others.includes(index) ? null : symbol(`${id}~${index}`, index));
      }),
    );
  });
}

/** What an einsum gives for operands of these shapes. Sizes of `...` are not followed. */
export function einsum(subscripts: Subscripts, operands: readonly Shape[]): { shape: Shape; flops: Dim | null } {
  const sizes = new Map<string, Size>();
  subscripts.inputs.forEach((indices, at) => {
    const shape = operands[at] ?? UNKNOWN_SHAPE;
    const [head = '', tail] = indices.split('...');
    [...head].forEach((index, position) => {
      note(sizes, index, sizeAt(shape, tail === undefined && shape.open ? position - head.length : position));
    });
    if (tail !== undefined)
      [...tail].forEach((index, position) => note(sizes, index, sizeAt(shape, position - tail.length)));
  });
  const [head = '', tail] = subscripts.output.split('...');
  const of = (indices: string): Size[] => [...indices].map((index) => sizes.get(index) ?? null);
  const shape: Shape = tail === undefined ? shapeOf(of(head)) : { open: true, dims: of(tail) };
  const all = [...sizes.values()];
  const known = all.every((each) => each !== null) && !subscripts.inputs.some((each) => each.includes('...'));
  // Two operands: one multiplication and one addition for each point of the index space. The cost of more
  // depends on the order of contraction.
  const flops =
    known && subscripts.inputs.length === 2
      ? multiply(constant(2), product(all.filter((each) => each !== null)))
      : null;
  return { shape, flops };
}

/** A number is preferred to a symbol, and a 1 may be broadcast. */
function note(sizes: Map<string, Size>, index: string, size: Size): void {
  const known = sizes.get(index);
  if (known === undefined || known === null || (numberOf(known) === null && size !== null && numberOf(size) !== null)) {
    sizes.set(index, size);
  }
}
