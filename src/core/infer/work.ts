/** What an operation costs beside its arithmetic: the bytes that must move at least once. */
import { add, constant, multiply } from './dims';
import type { Dim } from './dims';
import type { OperationWork } from './operations';
import { elementCount } from './shapes';
import type { Shape } from './shapes';
import { itemSize } from './tensors/dtypes';
import type { TensorValue } from './values';

/** Each operand read once and the result written once; null where a size is not known. */
export function productWork(
  operands: readonly { readonly value: TensorValue }[],
  result: Shape,
  flops: Dim | null,
): OperationWork {
  const dtype = operands.find((each) => each.value.dtype !== null)?.value.dtype ?? null;
  const shapes = [...operands.map((each) => each.value.shape), result];
  let bytes: Dim | null = constant(0);
  for (const shape of shapes) {
    const elements = elementCount(shape);
    bytes = bytes && elements ? add(bytes, multiply(elements, constant(itemSize(dtype)))) : null;
  }
  return { flops, bytes: operands.length === 0 ? null : bytes };
}
