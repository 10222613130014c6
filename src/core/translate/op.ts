/** How the entries of the tables are written: a signature as PyTorch documents it, and the JAX it becomes. */
import type { CallExpr } from '../lower/ir';
import { isScalar, present, tensorKnown } from './known';
import type { Known, TensorKnown, Term } from './known';
import type { Py } from './python';
import { binary, call, integer, subscript, attribute, tuple } from './python';

/** What an entry knows of its result. */
type Facts = Partial<Pick<TensorKnown, 'elements' | 'rank' | 'dtype'>>;

/** What the entries may ask of the function under translation. */
export interface Host {
  refuse(at: CallExpr, reason: string, wayOut?: string): Term;
  note(text: string): void;
  /** Makes sure that a function of the prelude is part of the program; gives the name it has there. */
  prelude(name: string): string;
}

/** One operation: its names, its signature, its translation. */
export interface Op {
  /** Qualified names, such as `torch.softmax`. */
  readonly names: readonly string[];
  /** Names that it has as a Tensor method. */
  readonly methods: readonly string[];
  /** Parameter names; a last one with dots, such as `size...`, takes all further positional arguments. */
  readonly parameters: readonly string[];
  /** How many of them may be given by position. */
  readonly positional: number;
  readonly emit: (c: OpCall) => Term;
}

/**
 * Defines an operation.
 * @param signature such as `input, dim=, *, dtype=`: optional parameters end with `=`
 */
export function op(names: string, signature: string, emit: (c: OpCall) => Term): Op {
  const all = names.split(/\s+/).filter((each) => each !== '');
  const written = signature.split(',').map((each) => each.trim());
  const star = written.indexOf('*');
  return {
    names: all.filter((each) => !each.startsWith('.')).map(qualify),
    methods: all.filter((each) => each.startsWith('.')).map((each) => each.slice(1)),
    parameters: written.map((each) => each.replace(/=$/, '')).filter((each) => each !== '' && each !== '*'),
    positional: star < 0 ? written.length : star,
    emit,
  };
}

/** `F.` stands for `torch.nn.functional.`, a bare name for one of `torch`. */
function qualify(each: string): string {
  if (each.startsWith('F.')) return `torch.nn.functional.${each.slice(2)}`;
  return each.startsWith('torch.') || each.startsWith('math.') ? each : `torch.${each}`;
}

/** A call of an operation, its arguments bound to parameters. Arguments that no one asks about refuse the call. */
export class OpCall {
  private readonly asked = new Set<string>();

  constructor(
    private readonly host: Host,
    readonly expr: CallExpr,
    /** As the reader wrote it, for messages. */
    readonly spelling: string,
    private readonly bound: ReadonlyMap<string, Term>,
    private readonly rest: readonly Term[],
  ) {}

  has(parameter: string): boolean {
    return this.bound.has(parameter);
  }

  /** The argument, or null; None counts as not given. */
  arg(parameter: string): Term | null {
    this.asked.add(parameter);
    const found = this.bound.get(parameter) ?? null;
    return found?.known.kind === 'none' ? null : found;
  }

  py(parameter: string): Py | null {
    return this.arg(parameter)?.code ?? null;
  }

  known(parameter: string): Known | null {
    const known = this.arg(parameter)?.known;
    return known ? present(known) : null;
  }

  /** The argument's code; a missing one is the reader's mistake and refuses the call. */
  need(parameter: string): Py {
    const found = this.arg(parameter);
    if (!found) {
      this.refuse(`the argument \`${parameter}\` of ${this.spelling} is missing`);
      return integer(0);
    }
    return found.code;
  }

  /** Like `need`, for what must be a tensor or a number. */
  tensor(parameter: string): Py {
    const code = this.need(parameter);
    const known = this.known(parameter);
    if (known && known.kind !== 'tensor' && known.kind !== 'unknown' && known.kind !== 'refused' && !isScalar(known))
      this.refuse(`\`${parameter}\` of ${this.spelling} is no tensor`);
    return code;
  }

  facts(parameter: string): TensorKnown {
    const known = this.known(parameter);
    return known?.kind === 'tensor' ? known : tensorKnown();
  }

  /** A number that the source spells out, or null. */
  number(parameter: string): number | null {
    const term = this.arg(parameter);
    return term?.known.kind === 'number' && isSpelt(term.code) ? term.known.value : null;
  }

  /** A truth value that the source spells out; `fallback` where the argument is not given; null otherwise. */
  flag(parameter: string, fallback: boolean): boolean | null {
    const term = this.arg(parameter);
    if (!term) return fallback;
    return term.known.kind === 'bool' && term.code.kind === 'literal' ? term.known.value : null;
  }

  text(parameter: string): string | null {
    const known = this.known(parameter);
    return known?.kind === 'text' ? known.value : null;
  }

  /** A flag that must be spelt out; otherwise the call is refused. */
  certainFlag(parameter: string, fallback: boolean): boolean {
    const value = this.flag(parameter, fallback);
    if (value === null) this.refuse(`\`${parameter}\` of ${this.spelling} is not known before the program runs`);
    return value ?? fallback;
  }

  /** PyTorch converts these numbers to the dtype of `input`: beside integers it cuts a fraction off silently. */
  castsNumbers(...parameters: readonly string[]): void {
    const { elements } = this.facts('input');
    if (elements !== 'int' && elements !== 'bool') return;
    for (const each of parameters) {
      const given = this.arg(each);
      const whole = elements === 'int' && given?.code.kind === 'literal' && /^\d+$/.test(given.code.text);
      if (given && given.known.kind !== 'tensor' && !whole)
        this.refuse(`\`${each}\` of ${this.spelling} is converted to the tensor's dtype, which is not translated`);
    }
  }

  /** Parameters that change speed or memory but no value. */
  ignore(...parameters: readonly string[]): void {
    for (const each of parameters) this.asked.add(each);
  }

  /** Sizes given one by one or as one sequence: one expression that is a tuple or list. */
  sizes(parameter: string): { readonly code: Py; readonly items: readonly Term[] | null } {
    const all = this.many(parameter);
    const [only, second] = all;
    if (only && !second) {
      const known = present(only.known);
      if (known.kind === 'sequence') return { code: only.code, items: itemsOf(only) };
      if (known.kind === 'static' || known.kind === 'unknown') return { code: only.code, items: null };
    }
    const starred = all.some((each) => each.code.kind === 'starred');
    return { code: tuple(all.map((each) => each.code)), items: starred ? null : all };
  }

  many(parameter: string): readonly Term[] {
    this.asked.add(parameter);
    const first = this.bound.get(parameter);
    return first ? [first, ...this.rest] : this.rest;
  }

  refuse(reason: string, wayOut?: string): Term {
    return this.host.refuse(this.expr, reason, wayOut);
  }

  note(text: string): void {
    this.host.note(text);
  }

  prelude(name: string): string {
    return this.host.prelude(name);
  }

  /** What was given and never asked about. */
  unasked(): readonly string[] {
    return [...this.bound.keys()].filter((each) => !this.asked.has(each));
  }

  /** A result in memory of its own. */
  fresh(code: Py, { elements = null, rank = null, dtype = null }: Facts = {}): Term {
    return { code, known: tensorKnown({ elements, rank, dtype }) };
  }

  /** A result that may share the memory of an argument. */
  view(code: Py, parameter: string, facts: Facts = {}): Term {
    const { elements, dtype, roots } = this.facts(parameter);
    return { code, known: tensorKnown({ elements, dtype, ...facts, roots }) };
  }
}

/** Whether code is a number or constant as the source spells it. */
export function isSpelt(code: Py): boolean {
  return code.kind === 'literal' || (code.kind === 'unary' && isSpelt(code.operand));
}

/** The items of a tuple or list that the source spells out. */
export function itemsOf(term: Term): readonly Term[] | null {
  const { code, known } = term;
  if ((code.kind !== 'tuple' && code.kind !== 'list') || known.kind !== 'sequence' || !known.items) return null;
  const { items } = known;
  return code.items.map((each, at) => ({ code: each, known: items[at] ?? known.element }));
}

/** The literal number of a term, or null. */
export function numberOf(term: Term): number | null {
  return term.known.kind === 'number' && isSpelt(term.code) ? term.known.value : null;
}

/** Whether code may be written twice: neither work nor much to read. */
export function isBrief(code: Py): boolean {
  switch (code.kind) {
    case 'name':
    case 'literal':
      return true;
    case 'attribute':
      return isBrief(code.object);
    case 'entry':
      return isBrief(code.owner) && isBrief(code.key);
    default:
      return false;
  }
}

/** `x.shape[axis]` */
export const sizeOf = (x: Py, axis: number): Py => subscript(attribute(x, 'shape'), integer(axis));

export const times = (a: Py, b: Py): Py => binary(a, '*', b);
export const plus = (a: Py, b: Py): Py => binary(a, '+', b);
export const minus = (a: Py, b: Py): Py => binary(a, '-', b);

/** `x.astype(dtype)` */
export const astype = (x: Py, dtype: Py): Py => call(attribute(x, 'astype'), [dtype]);
