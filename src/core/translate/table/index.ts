/** Every operation that is translated, by qualified name and by Tensor method. */
import type { Op } from '../op';
import { ATTENTION } from './attention';
import { CREATION } from './creation';
import { DTYPES } from './dtypes';
import { NORMALIZATION } from './normalization';
import { POINTWISE } from './pointwise';
import { PRODUCTS } from './products';
import { REDUCTIONS } from './reductions';
import { SELECTION } from './selection';
import { SHAPING } from './shaping';

export const OPERATIONS: readonly Op[] = [
  ...PRODUCTS,
  ...ATTENTION,
  ...POINTWISE,
  ...REDUCTIONS,
  ...NORMALIZATION,
  ...SHAPING,
  ...SELECTION,
  ...CREATION,
  ...DTYPES,
];

const BY_NAME: ReadonlyMap<string, Op> = new Map(
  OPERATIONS.flatMap((op) => op.names.map((name) => [name, op] as const)),
);
const BY_METHOD: ReadonlyMap<string, Op> = new Map(
  OPERATIONS.flatMap((op) => op.methods.map((name) => [name, op] as const)),
);

export function functionNamed(name: string): Op | null {
  return BY_NAME.get(name) ?? null;
}

export function methodNamed(name: string): Op | null {
  return BY_METHOD.get(name) ?? null;
}

/** Methods of tensors that strings, lists, dicts or numbers have, too. */
export const AMBIGUOUS_METHODS: ReadonlySet<string> = new Set([
  'split',
  'size',
  'index',
  'real',
  'conjugate',
  'to',
  'type',
]);
