/** What an operation costs beside its arithmetic: the bytes that must move at least once. */
import type { Expr } from '../lower/ir';
import { add, constant, multiply, numberOf, sameDim } from './dims';
import type { Dim } from './dims';
import type { Operand, OperationWork } from './operations';
import { elementCount } from './shapes';
import type { Shape } from './shapes';
import { itemSize } from './tensors/dtypes';

/** Each storage read once and the result written once; null where a size, or what shares a storage, is not known. */
export function productWork(operands: readonly Operand[], result: Shape, flops: Dim | null): OperationWork {
  const dtype = operands.find((each) => each.value.dtype !== null)?.value.dtype ?? null;
  const written = bytesOf(result, dtype);
  let bytes: Dim | null = operands.length === 0 ? null : written;
  for (const group of sharing(operands)) {
    const read = largest(group.map((each) => bytesOf(each.value.shape, each.value.dtype ?? dtype)));
    bytes = bytes && read && !group.some((each) => repeats(each.expr)) ? add(bytes, read) : null;
  }
  return { flops, bytes };
}

function bytesOf(shape: Shape, dtype: string | null): Dim | null {
  const elements = elementCount(shape);
  return elements && multiply(elements, constant(itemSize(dtype)));
}

/** Operands in groups that read one storage: the same value, or views of one variable. */
function sharing(operands: readonly Operand[]): readonly (readonly Operand[])[] {
  const groups: Operand[][] = [];
  for (const each of operands) {
    const storage = each.expr ? storageOf(each.expr) : null;
    const group = groups.find((others) =>
      others.some(
        (other) =>
          other.value === each.value || (storage !== null && other.expr !== null && storageOf(other.expr) === storage),
      ),
    );
    if (group) group.push(each);
    else groups.push([each]);
  }
  return groups;
}

/** What several views of one storage read together is at least what the largest of them reads. */
function largest(sizes: readonly (Dim | null)[]): Dim | null {
  const [first = null, ...rest] = sizes;
  if (rest.length === 0) return first;
  const numbers = sizes.map((each) => (each ? numberOf(each) : null));
  if (numbers.every((each) => each !== null)) return constant(Math.max(...numbers));
  return first && rest.every((each) => each && sameDim(first, each)) ? first : null;
}

const VIEWS = new Set([
  'T', 'mT', 'H', 'mH', 'data', 't', 'transpose', 'swapaxes', 'swapdims', 'permute', 'movedim', 'moveaxis', 'view', 'reshape', 'flatten',
  'unflatten', 'squeeze', 'unsqueeze', 'contiguous', 'detach', 'narrow', 'select', 'expand', 'expand_as', 'view_as', 'ravel',
]); // prettier-ignore

/** Views that give an element more than once: what they read is less than what they hold. */
const REPEATING = /^(?:expand|expand_as|broadcast_to)$/;

/** The expression under views, as a dotted path; null for what is computed on the spot. */
function storageOf(expr: Expr): string | null {
  switch (expr.kind) {
    case 'name':
      return expr.name;
    case 'attribute': {
      const object = storageOf(expr.object);
      return object === null || VIEWS.has(expr.name) ? object : `${object}.${expr.name}`;
    }
    case 'subscript':
      return storageOf(expr.object);
    case 'call':
      return expr.callee.kind === 'attribute' && VIEWS.has(expr.callee.name) ? storageOf(expr.callee.object) : null;
    default:
      return null;
  }
}

function repeats(expr: Expr | null): boolean {
  if (expr?.kind !== 'call' || expr.callee.kind !== 'attribute') return false;
  return REPEATING.test(expr.callee.name) || (VIEWS.has(expr.callee.name) && repeats(expr.callee.object));
}
