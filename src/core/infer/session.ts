/** What is computed once for a file and shared by the evaluation of all its functions. */
import type { FileModel } from './model';
import type { FunctionAnalysis } from './summary';
import type { Value } from './values';

/** The classes that a class derives from. */
export interface Ancestry {
  /** Keys of this file's classes, the class itself first. */
  readonly local: readonly string[];
  /** Qualified names of classes of other files. */
  readonly foreign: readonly string[];
}

/** Calls are followed through so many functions; a longer chain is cut. */
const MAX_NESTING = 40;

export class Session {
  readonly moduleValues = new Map<string, Value | 'under way'>();
  readonly ancestries = new Map<string, Ancestry>();
  private readonly summaries = new Map<string, FunctionAnalysis | null>();
  private readonly derived = new Map<FunctionAnalysis, Map<string, unknown>>();
  private readonly underWay: string[] = [];
  /** For each function under way, the functions whose code its result depends on. */
  private readonly reads: Set<string>[] = [];

  constructor(readonly file: FileModel) {}

  /** What a function does, evaluated once; null where it cannot be read or, in a recursion, is not known yet. */
  summary(key: string, evaluate: () => FunctionAnalysis | null): FunctionAnalysis | null {
    const known = this.summaries.get(key);
    if (known !== undefined) {
      if (known) for (const each of known.reads) this.read(each);
      return known;
    }
    if (this.underWay.includes(key) || this.underWay.length >= MAX_NESTING) return null;
    this.underWay.push(key);
    try {
      const result = evaluate();
      this.summaries.set(key, result);
      return result;
    } finally {
      this.underWay.pop();
    }
  }

  knownSummaries(): readonly FunctionAnalysis[] {
    return [...this.summaries.values()].filter((each) => each !== null);
  }

  knows(key: string): boolean {
    return this.summaries.has(key);
  }

  /**
   * Takes over a summary of an earlier version.
   * @param from where it comes from, if what was derived from it holds as well
   */
  adopt(summary: FunctionAnalysis, from: Session | null): void {
    this.summaries.set(summary.key, summary);
    const derived = from?.derived.get(summary);
    if (derived) this.derived.set(summary, derived);
  }

  /** Something that follows from a function's summary alone, computed once. */
  derive<T>(summary: FunctionAnalysis, what: string, compute: () => T): T {
    const known = this.derived.get(summary) ?? new Map<string, unknown>();
    this.derived.set(summary, known);
    if (!known.has(what)) known.set(what, compute());
    return known.get(what) as T;
  }

  /** Runs an evaluation and tells which functions its result depends on. */
  tracked<T>(evaluate: () => T): { readonly result: T; readonly reads: ReadonlySet<string> } {
    const reads = new Set<string>();
    this.reads.push(reads);
    try {
      return { result: evaluate(), reads };
    } finally {
      this.reads.pop();
      for (const each of reads) this.read(each);
    }
  }

  /** The result under way depends on the code of this function. */
  read(key: string): void {
    this.reads.at(-1)?.add(key);
  }
}
