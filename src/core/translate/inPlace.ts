/** Operations in place keep the dtype of their target, where JAX's give the dtype that both operands promote to. */
import { isScalar, present } from './known';
import type { Known, Term } from './known';
import { astype } from './op';
import { attribute } from './python';
import type { Py } from './python';

/** Whether a target of one kind keeps its dtype when it is combined with an operand of another. */
export function keepsDtype(target: Known, operand: Known): boolean {
  const [into, value] = [present(target), present(operand)];
  if (into.kind !== 'tensor' || isScalar(value) || value.kind === 'none') return true;
  // Nothing is wider.
  if (into.dtype === 'jnp.float32') return true;
  if (value.kind !== 'tensor') return value.kind !== 'unknown';
  if (into.dtype !== null && into.dtype === value.dtype) return true;
  // A float keeps its width beside integers and masks.
  return into.elements === 'float' && isWhole(value.elements);
}

const isWhole = (elements: string | null): boolean => elements === 'int' || elements === 'bool';

/** The result of an operation in place: of the target's dtype, in the target's own memory. */
export function intoPlace(target: Term, result: Term): Term {
  const into = present(target.known);
  if (into.kind !== 'tensor' || result.known.kind !== 'tensor') return result;
  const { elements, rank, dtype } = into;
  return {
    code: castLike(target.code, result.code),
    known: { ...result.known, elements: elements ?? result.known.elements, rank, dtype, roots: [] },
  };
}

/** `value.astype(target.dtype)` */
function castLike(target: Py, value: Py): Py {
  return astype(value, attribute(target, 'dtype'));
}
