/** What the translator knows of a value: enough to choose the right words, and to see where it must not guess. */
import type { DefStmt } from '../lower/ir';
import type { Py } from './python';

/** The kind of a tensor's elements, as far as it matters: what may index, mask or be differentiated. */
export type Elements = 'float' | 'int' | 'bool' | 'complex';

export interface TensorKnown {
  readonly kind: 'tensor';
  readonly elements: Elements | null;
  readonly rank: number | null;
  /** The dtype as the program writes it, or `of x` for that of a parameter: equal texts are equal dtypes. */
  readonly dtype: string | null;
  /** Variables whose memory it may share; `''` stands for memory from outside the function. Empty: it is fresh. */
  readonly roots: readonly string[];
}

export interface NumberKnown {
  readonly kind: 'number';
  /** Of a constructor's argument, the value it has by default: structure may be decided by it, code not. */
  readonly value: number | null;
}

export interface SequenceKnown {
  readonly kind: 'sequence';
  readonly form: 'tuple' | 'list';
  readonly items: readonly Known[] | null;
  readonly element: Known;
  /** A `torch.Size`. */
  readonly size?: true;
}

/** A module of torch, of this file, or a container of them, as its constructor makes it. */
export type ModuleShape =
  | { readonly kind: 'torch'; readonly type: string; readonly args: ReadonlyMap<string, Term> }
  | { readonly kind: 'class'; readonly key: string; readonly args: ReadonlyMap<string, Term> }
  | {
      readonly kind: 'stack';
      readonly form: 'Sequential' | 'ModuleList' | 'ParameterList';
      /** Children and the names they have in the state; null where their number is not known. */
      readonly items: readonly { readonly name: string; readonly child: Known }[] | null;
      /** Stands for every child where `items` is null. */
      readonly element: Known | null;
    }
  | { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, Known> };

export interface ModuleKnown {
  readonly kind: 'module';
  readonly shape: ModuleShape;
  /** Its weights in the params pytree; null in the constructor, where nothing is called. */
  readonly params: Py | null;
  /** The torch module that it comes from, from `module` on. */
  readonly path: Py | null;
}

export type Known =
  | TensorKnown
  | NumberKnown
  | SequenceKnown
  | ModuleKnown
  | { readonly kind: 'bool'; readonly value: boolean | null }
  | { readonly kind: 'text'; readonly value: string | null }
  | { readonly kind: 'none' }
  /** None or the other. */
  | { readonly kind: 'optional'; readonly of: Known }
  | { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, Known> | null; readonly element: Known }
  | { readonly kind: 'dtype'; readonly elements: Elements | null }
  | { readonly kind: 'device' }
  | { readonly kind: 'slice' }
  /** A name of a library. */
  | { readonly kind: 'qualified'; readonly name: string }
  /** A function of this file; with `self`, a method of that instance. */
  | { readonly kind: 'function'; readonly key: string; readonly self: ModuleKnown | null }
  | { readonly kind: 'class'; readonly key: string }
  /** A function defined inside the one that is translated. */
  | { readonly kind: 'closure'; readonly def: DefStmt; readonly returns: Known }
  | { readonly kind: 'super'; readonly of: ModuleKnown; readonly owner: string }
  /** torch.nn.Parameter, or what register_buffer was given, in a constructor. */
  | {
      readonly kind: 'weight';
      readonly trained: boolean;
      readonly stored: boolean;
      readonly elements: Elements | null;
      readonly rank: number | null;
      readonly value: Term | null;
    }
  /** A constructor's argument of unknown type; it is no tensor. */
  | { readonly kind: 'static' }
  /** A parameter that nothing is known of. */
  | { readonly kind: 'unknown' }
  /** What was refused already: nothing more is said of it. */
  | { readonly kind: 'refused'; readonly reason: string };

/** An expression of the written program and what is known of its value. */
export interface Term {
  readonly code: Py;
  readonly known: Known;
}

export const NUMBER: NumberKnown = { kind: 'number', value: null };
export const BOOL: Known = { kind: 'bool', value: null };
export const TEXT: Known = { kind: 'text', value: null };
export const STATIC: Known = { kind: 'static' };
export const UNKNOWN: Known = { kind: 'unknown' };
export const OUTSIDE: readonly string[] = [''];

export function tensorKnown(facts: Partial<Omit<TensorKnown, 'kind'>> = {}): TensorKnown {
  return { kind: 'tensor', elements: null, rank: null, dtype: null, roots: [], ...facts };
}

/** Of sequences that hold more values than this, in sequences within them too, nothing is known. */
const MOST_PARTS = 1_000;

export function sequenceKnown(form: 'tuple' | 'list', items: readonly Known[]): SequenceKnown {
  if (items.reduce(partsLeft, MOST_PARTS) <= 0) return manyOf(form, UNKNOWN);
  return { kind: 'sequence', form, items, element: items.reduce<Known | null>(joinMaybe, null) ?? UNKNOWN };
}

function partsLeft(left: number, known: Known): number {
  if (left <= 0 || known.kind !== 'sequence') return left - 1;
  return (known.items ?? [known.element]).reduce(partsLeft, left - 1);
}

export function manyOf(form: 'tuple' | 'list', element: Known): SequenceKnown {
  return { kind: 'sequence', form, items: null, element };
}

/** A `torch.Size`: Python integers, known only when the program runs, but static to `jax.jit`. */
export const SIZE: SequenceKnown = { kind: 'sequence', form: 'tuple', items: null, element: NUMBER, size: true };

function joinMaybe(a: Known | null, b: Known): Known {
  return a ? join(a, b) : b;
}

/** What is known of a value that is one of two. */
export function join(a: Known, b: Known): Known {
  if (a === b) return a;
  if (a.kind === 'refused') return a;
  if (b.kind === 'refused') return b;
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    return {
      kind: 'tensor',
      elements: a.elements === b.elements ? a.elements : null,
      rank: a.rank === b.rank ? a.rank : null,
      dtype: a.dtype === b.dtype ? a.dtype : null,
      roots: [...new Set([...a.roots, ...b.roots])],
    };
  }
  if (a.kind === 'number' && b.kind === 'number') return a.value === b.value ? a : NUMBER;
  if (a.kind === 'bool' && b.kind === 'bool') return a.value === b.value ? a : BOOL;
  if (a.kind === 'text' && b.kind === 'text') return a.value === b.value ? a : TEXT;
  if (a.kind === 'none' && b.kind === 'none') return a;
  if (a.kind === 'none') return b.kind === 'optional' ? b : { kind: 'optional', of: b };
  if (b.kind === 'none') return a.kind === 'optional' ? a : { kind: 'optional', of: a };
  if (a.kind === 'optional') return { kind: 'optional', of: join(a.of, b.kind === 'optional' ? b.of : b) };
  if (b.kind === 'optional') return { kind: 'optional', of: join(a, b.of) };
  if (a.kind === 'sequence' && b.kind === 'sequence' && a.form === b.form) {
    const { items } = b;
    if (items && a.items?.length === items.length)
      return sequenceKnown(
        a.form,
        a.items.map((each, at) => join(each, items[at] ?? UNKNOWN)),
      );
    return manyOf(a.form, join(a.element, b.element));
  }
  if (a.kind === b.kind && JSON.stringify(a) === JSON.stringify(b)) return a;
  if (isScalar(a) && isScalar(b)) return STATIC;
  // A number on one path and a tensor on the other: arithmetic works on both, and it may be a tensor.
  if ((a.kind === 'tensor' && isScalar(b)) || (b.kind === 'tensor' && isScalar(a)))
    return a.kind === 'tensor' ? { ...a, rank: null } : b;
  return UNKNOWN;
}

/** A plain Python value, static while a program is traced. */
export function isScalar(known: Known): boolean {
  return known.kind === 'number' || known.kind === 'bool' || known.kind === 'static' || known.kind === 'text';
}

/** Whether Python can decide on the value while the program is traced. */
export function isStatic(known: Known): boolean {
  switch (known.kind) {
    case 'number':
    case 'bool':
    case 'text':
    case 'none':
    case 'static':
    case 'dtype':
    case 'device':
      return true;
    case 'sequence':
      return true;
    case 'optional':
      return isStatic(known.of);
    default:
      return false;
  }
}

/** Variables whose memory a value may share. */
export function rootsOf(known: Known): readonly string[] {
  switch (known.kind) {
    case 'tensor':
      return known.roots;
    case 'optional':
      return rootsOf(known.of);
    case 'sequence':
      return known.items ? known.items.flatMap(rootsOf) : rootsOf(known.element);
    case 'dict':
      return rootsOf(known.element);
    case 'unknown':
      return OUTSIDE;
    default:
      return [];
  }
}

/** The value where None has been excluded. */
export function present(known: Known): Known {
  return known.kind === 'optional' ? known.of : known;
}

export function elementsOfDtype(known: Known): Elements | null {
  return known.kind === 'dtype' ? known.elements : null;
}
