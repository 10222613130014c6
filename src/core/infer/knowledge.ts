/** What has been computed of functions, classes and top-level variables, by their keys. */
import type { FunctionAnalysis } from './summary';
import type { Value } from './values';

/** The classes that a class derives from. */
export interface Ancestry {
  /** Keys of the classes whose source is known, the class itself first. */
  readonly known: readonly string[];
  /** Qualified names of the others. */
  readonly unknown: readonly string[];
}

/** A result, with what it depends on beside its own code. */
export interface Kept<T> {
  readonly value: T;
  readonly reads: ReadonlySet<string>;
}

/** A module that code of a file asks for. */
export interface Want {
  /** Dotted name without leading dots. */
  readonly module: string;
  /** Id and root of the asking file. */
  readonly from: string;
  readonly root: string;
  /** The name that is wanted of it; null for the module itself. */
  readonly member: string | null;
}

/** Begins what a result depends on where that is a module that has not been read. */
const GAP = '?';

export function gapOf({ module, from, root, member }: Want): string {
  return [GAP + from, root, module, member ?? ''].join('\0');
}

/** The modules that results miss, by what they depend on. */
export function wantsIn(reads: Iterable<string>): readonly Want[] {
  return [...reads].flatMap((each) => {
    if (!each.startsWith(GAP)) return [];
    const [from = '', root = '', module = '', member = ''] = each.slice(GAP.length).split('\0');
    return [{ module, from, root, member: member === '' ? null : member }];
  });
}

export function isComplete(reads: Iterable<string>): boolean {
  for (const each of reads) if (each.startsWith(GAP)) return false;
  return true;
}

export type Kind = 'summaries' | 'variables' | 'exports' | 'ancestries' | 'bases' | 'linear';

export class Knowledge {
  readonly summaries = new Map<string, FunctionAnalysis | null>();
  readonly variables = new Map<string, Kept<Value>>();
  /** What files bind names to that others import. */
  readonly exports = new Map<string, Kept<Value>>();
  readonly ancestries = new Map<string, Kept<Ancestry>>();
  /** What a class itself names, in the same form. */
  readonly bases = new Map<string, Kept<Ancestry>>();
  /** Whether a class is a linear map. */
  readonly linear = new Map<string, Kept<boolean>>();
  readonly derived = new Map<FunctionAnalysis, Map<string, unknown>>();
  /** What was computed while a module was missing. */
  private incomplete: { readonly kind: Kind; readonly key: string }[] = [];

  /** @param reads what the result depends on, which decides whether it is to be kept for good */
  note(kind: Kind, key: string, reads: Iterable<string>): void {
    if (!isComplete(reads)) this.incomplete.push({ kind, key });
  }

  /** Forgets what was computed while a module was missing. */
  dropIncomplete(): void {
    for (const { kind, key } of this.incomplete) {
      const summary = kind === 'summaries' ? this.summaries.get(key) : null;
      if (summary) this.derived.delete(summary);
      this[kind].delete(key);
    }
    this.incomplete = [];
  }
}
