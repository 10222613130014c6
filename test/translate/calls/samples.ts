/**
 * Calls of every operation that is translated. An operation is named by the first of its names; a sample lists its
 * arguments as `x; dim=-1`, those without a name in the order of the signature. After `!` comes one that the
 * translator refuses; after `~` one whose numbers PyTorch cuts to integers where it is given integers, which the
 * translator refuses only where it knows that it is.
 */
import { OPERATIONS } from '../../../src/core/translate/table';
import type { Op } from '../../../src/core/translate/op';
import { POINTWISE } from './pointwise';
import { ATTENTION, NORMALIZATION, PRODUCTS, REDUCTIONS } from './reductions';
import { CREATION, DTYPES, SELECTION, SHAPING } from './shaping';

export type Samples = Readonly<Record<string, readonly string[]>>;

const ALL: Samples = {
  ...POINTWISE,
  ...REDUCTIONS,
  ...PRODUCTS,
  ...NORMALIZATION,
  ...ATTENTION,
  ...SHAPING,
  ...SELECTION,
  ...CREATION,
  ...DTYPES,
};

export interface Marked {
  readonly text: string;
  readonly refused: boolean;
  readonly floatsOnly: boolean;
}

export function marked(sample: string): Marked {
  const [refused, floatsOnly] = [sample.startsWith('! '), sample.startsWith('~ ')];
  return { text: refused || floatsOnly ? sample.slice(2) : sample, refused, floatsOnly };
}

/** What cannot be called here, or gives no tensor that could be compared; other tests hold it in use. */
export const NOT_CALLED: ReadonlySet<string> = new Set(['.cuda', 'finfo', 'device']);

/** How an operation is named in the samples. */
export function keyOf(op: Op): string {
  const [first] = op.names;
  if (first === undefined) return `.${op.methods[0] ?? ''}`;
  return first.startsWith('torch.nn.functional.')
    ? first.replace('torch.nn.functional.', 'F.')
    : first.replace(/^torch\.(?=\w+$)/, '');
}

export function samplesOf(op: Op): readonly string[] {
  return ALL[keyOf(op)] ?? [];
}

/** Samples of operations that the tables do not hold. */
export function unused(): readonly string[] {
  const known = new Set(OPERATIONS.map(keyOf));
  return Object.keys(ALL).filter((each) => !known.has(each));
}
