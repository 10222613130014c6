/** What each product asks of the shapes of its operands, and which of that certain shapes do not fulfil. */
import { formatDim, numberOf } from '../../infer/dims';
import { elementCount, lastSize, rankOf, sizeAt } from '../../infer/shapes';
import type { Shape, Size } from '../../infer/shapes';
import { broadcastConflict, differ } from './sizes';

/** The ranks that operands must have, in their order; null: any. */
const RANKS: Readonly<Record<string, readonly (number | null)[]>> = {
  mm: [2, 2],
  'sparse.mm': [2, 2],
  bmm: [3, 3],
  mv: [2, 1],
  dot: [1, 1],
  vdot: [1, 1],
  outer: [1, 1],
  ger: [1, 1],
  addmm: [null, 2, 2],
  'sparse.addmm': [null, 2, 2],
  baddbmm: [null, 3, 3],
  addbmm: [null, 3, 3],
  addmv: [null, 2, 1],
  addr: [null, 1, 1],
};

export interface RankError {
  /** Which operand. */
  readonly at: number;
  /** What is wanted, in words: `a matrix`. */
  readonly wanted: string;
}

const NAMES = ['a scalar', '1-D', '2-D', '3-D'];

/** The first operand that has a wrong number of dimensions. */
export function rankError(op: string, shapes: readonly Shape[]): RankError | null {
  const ranks = shapes.map(rankOf);
  if (/^(?:@|matmul|linear)$/.test(op)) {
    const at = ranks.indexOf(0);
    return at < 0 ? null : { at, wanted: 'at least 1-D' };
  }
  if (op === 'matrix_power') {
    const [rank = null] = ranks;
    return rank !== null && rank < 2 ? { at: 0, wanted: 'at least 2-D' } : null;
  }
  if (op === 'chain_matmul' || op === 'multi_dot') return chainRankError(op, ranks);
  const wanted = RANKS[withoutUnderscore(op)] ?? [];
  const at = ranks.findIndex((rank, each) => rank !== null && (wanted[each] ?? rank) !== rank);
  return at < 0 ? null : { at, wanted: NAMES[wanted[at] ?? 0] ?? '' };
}

/** Only `multi_dot` takes vectors, at its ends. */
function chainRankError(op: string, ranks: readonly (number | null)[]): RankError | null {
  const at = ranks.findIndex((rank, each) => {
    const isEnd = op === 'multi_dot' && (each === 0 || each === ranks.length - 1);
    return rank !== null && rank !== 2 && !(isEnd && rank === 1);
  });
  return at < 0 || ranks.length < 2 ? null : { at, wanted: '2-D' };
}

export interface SizeError {
  /** The two operands. */
  readonly left: number;
  readonly right: number;
  /** Such as `the inner sizes 4 and 5 differ`. */
  readonly what: string;
}

/** The first pair of sizes that do not fit; ranks are taken to be right. */
export function sizeError(op: string, shapes: readonly Shape[]): SizeError | null {
  const name = withoutUnderscore(op);
  const [first, second, third] = shapes;
  if (!first || !second) return name === 'matrix_power' && first ? squareError(first) : null;
  switch (name) {
    case '@':
    case 'matmul':
      return innerError(first, second) ?? batchError(first, second);
    case 'mm':
    case 'sparse.mm':
    case 'mv':
      return innerError(first, second);
    case 'dot':
    case 'vdot':
      return error(0, 1, 'the lengths', lastSize(first), lastSize(second));
    case 'inner':
      return error(0, 1, 'the last sizes', lastSize(first), lastSize(second));
    case 'vecdot':
      return broadcastError(first, second);
    case 'bmm':
      return stackError(first, second) ?? innerError(first, second);
    case 'addmm':
    case 'sparse.addmm':
    case 'addmv':
      return third ? (innerError(second, third, 1) ?? addendError(name, first, second, third)) : null;
    case 'baddbmm':
    case 'addbmm':
      return third
        ? (stackError(second, third, 1) ?? innerError(second, third, 1) ?? addendError(name, first, second, third))
        : null;
    case 'scaled_dot_product_attention':
      // Of empty tensors nothing is asked.
      return isFilled(first) && isFilled(second)
        ? error(0, 1, 'the last sizes', lastSize(first), lastSize(second))
        : null;
    case 'chain_matmul':
    case 'multi_dot':
      return shapes.slice(1).reduce<SizeError | null>((found, shape, at) => {
        const before = shapes[at];
        return found ?? (before ? innerError(before, shape, at) : null);
      }, null);
    default:
      return null;
  }
}

function error(left: number, right: number, what: string, a: Size, b: Size): SizeError | null {
  if (a === null || b === null || !differ(a, b)) return null;
  return { left, right, what: `${what} ${formatDim(a)} and ${formatDim(b)} differ` };
}

/** The columns of the left operand are the rows of the right one. */
function innerError(a: Shape, b: Shape, at = 0): SizeError | null {
  const rows = rankOf(b) === 1 ? lastSize(b) : b.dims.length >= 2 ? sizeAt(b, -2) : null;
  return error(at, at + 1, 'the inner sizes', lastSize(a), rows);
}

/** The dimensions before the matrices are broadcast. */
function batchError(a: Shape, b: Shape): SizeError | null {
  const conflict = broadcastConflict(a, b, 3);
  if (!conflict) return null;
  return {
    left: 0,
    right: 1,
    what: `the batch sizes ${formatDim(conflict[0])} and ${formatDim(conflict[1])} cannot be broadcast`,
  };
}

/** `bmm` and its like multiply as many matrices as they get: nothing is broadcast. */
function stackError(a: Shape, b: Shape, at = 0): SizeError | null {
  if (rankOf(a) !== 3 || rankOf(b) !== 3) return null;
  return error(at, at + 1, 'the batch sizes', sizeAt(a, 0), sizeAt(b, 0));
}

/** All dimensions of the two are broadcast. */
function broadcastError(a: Shape, b: Shape): SizeError | null {
  const conflict = broadcastConflict(a, b);
  if (!conflict) return null;
  return {
    left: 0,
    right: 1,
    what: `the sizes ${formatDim(conflict[0])} and ${formatDim(conflict[1])} cannot be broadcast`,
  };
}

/** What is added to a product is broadcast to it, and not the other way round. */
function addendError(op: string, addend: Shape, a: Shape, b: Shape): SizeError | null {
  const rows = a.dims.length >= 2 ? sizeAt(a, -2) : null;
  const sum: Shape = { open: op === 'baddbmm', dims: op === 'addmv' ? [rows] : [rows, lastSize(b)] };
  for (let back = 1; back <= Math.min(addend.dims.length, sum.dims.length); back++) {
    const [x, y] = [sizeAt(addend, -back), sizeAt(sum, -back)];
    if (x && y && numberOf(x) !== null && numberOf(x) !== 1 && differ(x, y))
      return {
        left: 0,
        right: 1,
        what: `${formatDim(x)} cannot be broadcast to ${formatDim(y)}, a size of the product`,
      };
  }
  return null;
}

function squareError(shape: Shape): SizeError | null {
  return shape.dims.length < 2 ? null : error(0, 0, 'the last two sizes', sizeAt(shape, -2), sizeAt(shape, -1));
}

function isFilled(shape: Shape): boolean {
  const elements = elementCount(shape);
  return elements !== null && (numberOf(elements) ?? 0) > 0;
}

/** In-place forms ask for the same. */
function withoutUnderscore(op: string): string {
  return op.endsWith('_') ? op.slice(0, -1) : op;
}
