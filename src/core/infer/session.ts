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

  /** A summary that holds for this version, too: none of the code it depends on has changed. */
  adopt(summary: FunctionAnalysis): void {
    this.summaries.set(summary.key, summary);
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
