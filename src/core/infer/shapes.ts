/** Shapes as far as they are known, and how broadcasting and products combine them. */
import { constant, formatDim, numberOf, product, sameDim } from './dims';
import type { Dim, Symbol } from './dims';
import { constantRank, largerRank, productRank, rankPlus, sameRank } from './ranks';
import type { Rank } from './ranks';

/** A size that is not known is null. */
export type Size = Dim | null;

export interface Shape {
  /** Any number of unknown dimensions may stand before those listed. */
  readonly open: boolean;
  readonly dims: readonly Size[];
  /** Of an open shape: the number of all its dimensions, in terms of other ones. */
  readonly rank?: Rank;
}

export const UNKNOWN_SHAPE: Shape = { open: true, dims: [] };

export function shapeOf(dims: readonly Size[]): Shape {
  return { open: false, dims };
}

/** The number of dimensions, or null where it is not known. */
export function rankOf(shape: Shape): number | null {
  return shape.open ? null : shape.dims.length;
}

/** The number of dimensions, as a number or in terms of others; undefined where nothing is known of it. */
export function rankTerm(shape: Shape): Rank | undefined {
  return shape.open ? shape.rank : constantRank(shape.dims.length);
}

/** What PyTorch's tensors may have: code that asks for more dimensions fails, and its shapes are left open here. */
const MOST_DIMS = 64;

/** A shape of which nothing is known but the number of dimensions. */
export function shapeOfRank(rank: number): Shape {
  return rank > MOST_DIMS ? UNKNOWN_SHAPE : shapeOf(new Array<Size>(rank).fill(null));
}

/** An open shape of this rank. @param atLeast there are so many dimensions for certain */
export function openShape(rank: Rank | undefined, dims: readonly Size[] = [], atLeast = 0): Shape {
  const missing = atLeast > MOST_DIMS ? 0 : Math.max(0, atLeast - dims.length);
  const all = missing > 0 ? [...new Array<Size>(missing).fill(null), ...dims] : dims;
  if (rank && !rank.base && rank.plus >= all.length && rank.plus <= MOST_DIMS)
    return atRank({ open: true, dims: all }, rank.plus);
  return rank ? { open: true, dims: all, rank } : { open: true, dims: all };
}

/** The shape, now that its number of dimensions is known; as it was where that contradicts it. */
export function atRank(shape: Shape, rank: number): Shape {
  if (!shape.open || shape.dims.length > rank || rank > MOST_DIMS) return shape;
  return shapeOf([...new Array<Size>(rank - shape.dims.length).fill(null), ...shape.dims]);
}

/** The size at an index that may count from the end, or null. */
export function sizeAt(shape: Shape, index: number): Size {
  if (index < 0) return shape.dims[shape.dims.length + index] ?? null;
  return shape.open ? null : (shape.dims[index] ?? null);
}

export function lastSize(shape: Shape): Size {
  return sizeAt(shape, -1);
}

/** The shape with its last size replaced. */
export function withLast(shape: Shape, last: Size): Shape {
  return { ...shape, dims: [...shape.dims.slice(0, -1), last] };
}

export function sameSize(a: Size, b: Size): boolean {
  return a === b || (a !== null && b !== null && sameDim(a, b));
}

export function sameShape(a: Shape, b: Shape): boolean {
  return (
    a.open === b.open &&
    sameRank(a.rank, b.rank) &&
    a.dims.length === b.dims.length &&
    a.dims.every((each, at) => sameSize(each, b.dims[at] ?? null))
  );
}

/** The number of elements, or null. */
export function elementCount(shape: Shape): Dim | null {
  if (shape.open || shape.dims.some((each) => each === null)) return null;
  return product(shape.dims.filter((each) => each !== null));
}

/** One size for two that are broadcast against each other. */
function broadcastSize(a: Size, b: Size): Size {
  if (a !== null && numberOf(a) === 1) return b;
  if (b !== null && numberOf(b) === 1) return a;
  if (a === null || b === null) {
    // A known size other than 1 decides; a symbol might be 1.
    const known = a ?? b;
    const value = known === null ? null : numberOf(known);
    return value !== null ? known : null;
  }
  if (sameDim(a, b)) return a;
  if (numberOf(a) !== null && numberOf(b) === null) return a;
  if (numberOf(b) !== null && numberOf(a) === null) return b;
  return null;
}

export function broadcast(a: Shape, b: Shape): Shape {
  if (!a.open && a.dims.length === 0) return b;
  if (!b.open && b.dims.length === 0) return a;
  const length =
    a.open || b.open
      ? Math.min(a.open ? a.dims.length : Infinity, b.open ? b.dims.length : Infinity)
      : Math.max(a.dims.length, b.dims.length);
  const longest = Math.max(a.dims.length, b.dims.length);
  const open = a.open || b.open;
  const kept = open ? Math.min(length, longest) : length;
  const dims: Size[] = [];
  for (let back = kept; back >= 1; back--) {
    const x = back <= a.dims.length ? sizeAt(a, -back) : a.open ? null : constant(1);
    const y = back <= b.dims.length ? sizeAt(b, -back) : b.open ? null : constant(1);
    dims.push(broadcastSize(x, y));
  }
  if (!open) return shapeOf(dims);
  return openShape(broadcastRank(a, b), dims, longest);
}

function broadcastRank(a: Shape, b: Shape): Rank | undefined {
  const [x, y] = [rankTerm(a), rankTerm(b)];
  if (!a.open && b.dims.length >= a.dims.length) return y;
  if (!b.open && a.dims.length >= b.dims.length) return x;
  return x && y && largerRank(x, y);
}

/** The shape of `a @ b`; null where the inner sizes are known to differ. */
export function matmulShape(a: Shape, b: Shape): Shape | null {
  if (conflicts(lastSize(a), rankOf(b) === 1 ? lastSize(b) : sizeAt(b, -2))) return null;
  if (rankOf(a) === 1 && rankOf(b) === 1) return shapeOf([]);
  if (rankOf(a) === 1) {
    return b.dims.length >= 2 ? { open: b.open, dims: [...b.dims.slice(0, -2), lastSize(b)] } : UNKNOWN_SHAPE;
  }
  if (rankOf(b) === 1)
    return a.open ? openShape(a.rank && rankPlus(a.rank, -1), a.dims.slice(0, -1)) : shapeOf(a.dims.slice(0, -1));
  // With an operand of unknown rank, either may still turn out to be a vector.
  if ((a.open && a.dims.length < 2) || (b.open && b.dims.length < 2)) {
    const known = a.open && a.dims.length < 2 ? b : a;
    // A matrix on the right leaves even a vector what it is.
    if (known === b && rankOf(b) === 2) return openShape(a.rank, [lastSize(b)]);
    if (!known.open && known.dims.length <= 2) return UNKNOWN_SHAPE;
    const [x, y] = [rankTerm(a), rankTerm(b)];
    return openShape(x && y && productRank(x, y, [a.dims.length, b.dims.length]));
  }
  const batch = broadcast({ open: a.open, dims: a.dims.slice(0, -2) }, { open: b.open, dims: b.dims.slice(0, -2) });
  const dims = [...batch.dims, sizeAt(a, -2), lastSize(b)];
  return batch.open ? openShape(broadcastRank(a, b), dims) : shapeOf(dims);
}

/** Both are numbers, and they differ. */
export function conflicts(a: Size, b: Size): boolean {
  if (a === null || b === null) return false;
  const x = numberOf(a);
  const y = numberOf(b);
  return x !== null && y !== null && x !== y;
}

/** Two descriptions that cannot be of one shape. */
export function contradicts(a: Shape, b: Shape): boolean {
  const [x, y] = [rankOf(a), rankOf(b)];
  if ((x ?? Infinity) < b.dims.length || (y ?? Infinity) < a.dims.length) return true;
  return a.dims.some((_, at) => conflicts(a.dims.at(-1 - at) ?? null, b.dims.at(-1 - at) ?? null));
}

/** What two shapes of one value have in common. */
export function joinShapes(a: Shape, b: Shape): Shape {
  if (sameShape(a, b)) return a;
  const open = a.open || b.open || a.dims.length !== b.dims.length;
  const length = Math.min(a.dims.length, b.dims.length);
  const dims: Size[] = [];
  for (let back = length; back >= 1; back--) {
    const x = sizeAt(a, -back);
    dims.push(sameSize(x, sizeAt(b, -back)) ? x : null);
  }
  const rank = rankTerm(a);
  return open ? openShape(sameRank(rank, rankTerm(b)) ? rank : undefined, dims) : shapeOf(dims);
}

/** What is known from both of two descriptions of the same shape; the first wins where they differ. */
export function meetShapes(a: Shape, b: Shape): Shape {
  const longer = a.open ? (b.open ? Math.max(a.dims.length, b.dims.length) : b.dims.length) : a.dims.length;
  const dims: Size[] = [];
  for (let back = longer; back >= 1; back--) {
    const x = back <= a.dims.length ? sizeAt(a, -back) : null;
    const y = back <= b.dims.length ? sizeAt(b, -back) : null;
    dims.push(x ?? y);
  }
  return a.open && b.open ? openShape(a.rank ?? b.rank, dims) : shapeOf(dims);
}

/** For people: `(B, T, 768)`, `(…, 4·dim)`. @param nameOf what a symbol is called */
export function formatShape(shape: Shape, nameOf?: (each: Symbol) => string): string {
  const parts = shape.dims.map((each) => (each === null ? '?' : formatDim(each, nameOf)));
  if (shape.open) parts.unshift('…');
  return parts.length === 1 && !shape.open ? `(${parts[0] ?? ''},)` : `(${parts.join(', ')})`;
}
