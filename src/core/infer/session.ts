/** What is computed once for a file and shared by the evaluation of all its functions. */
import type { ClassFacts, FunctionFacts } from '../lower/facts';
import type { DefStmt } from '../lower/ir';
import { fileOfKey, keyIn } from '../link/place';
import type { IsOver, Steps } from '../steps';
import { Knowledge } from './knowledge';
import type { Kept, Kind } from './knowledge';
import type { FileModel } from './model';
import type { OtherFiles } from './otherFiles';
import type { FunctionAnalysis } from './summary';
import { UnderWay } from './underWay';

/** Calls are followed through so many functions; a longer chain is cut. */
const MAX_NESTING = 40;

/** Functions that are evaluated anew for one call, within each other. */
const MAX_SPECIALIZED = 3;

/** For one file in all: calls that call each other this way would multiply. */
const MOST_SPECIALIZATIONS = 2_000;

/** Ends an evaluation that has taken its time, up to `Session.patiently`. */
class Interruption extends Error {}

/** Results that are computed again because they rest on a circle; with more of them the first one is kept. */
const MOST_UNSETTLED = 2_000;

/** Nested evaluations, in units of about five calls of this program: its stack has room for twice as many. */
const DEEPEST = 900;

/** What a result counts as among them. */
const RESULT_WEIGHT = 6;

export class Session {
  private readonly own = new Knowledge();
  private readonly underWay = new UnderWay();
  private unsettled = 0;
  private nesting = 0;
  private depth = 0;
  /**
   * A bound was reached, so that results depend on the order in which they were asked for: nothing of this session
   * can be carried over to another one.
   */
  cut = false;
  private specialized: string[] = [];
  private specializations = 0;
  /** For each result under way, the functions whose code it depends on, and the modules that it misses. */
  private readonly reads: Set<string>[] = [];
  private readonly otherGeneration: number;
  private isOver: IsOver | null = null;

  /** @param others null where each file stands for itself */
  constructor(
    readonly file: FileModel,
    readonly others: OtherFiles | null = null,
  ) {
    this.otherGeneration = others?.generation ?? 0;
  }

  /** Whether what this session knows of other files still holds for another one. */
  seesSameFiles(other: Session): boolean {
    return this.others === other.others && this.otherGeneration === other.otherGeneration;
  }

  /** The file in which a function or class is defined. */
  fileOf(key: string): FileModel {
    return this.others?.modelOfKey(key) ?? this.file;
  }

  /** The key of something in a file, as this session knows it. */
  keyIn(file: FileModel, key: string): string {
    return file === this.file || !file.place ? key : keyIn(file.place.id, key);
  }

  functionFacts(key: string): FunctionFacts | null {
    return this.fileOf(key).functionFacts(key);
  }

  classFacts(key: string): ClassFacts | null {
    return this.fileOf(key).classFacts(key);
  }

  body(key: string): DefStmt | null {
    return this.fileOf(key).body(key);
  }

  /** The file of a module as code of a file imports it; null where it is not known, or not yet. */
  moduleFile(module: string, from: FileModel, member: string | null): FileModel | null {
    const found = from.place && this.others?.find(module, from.place, member);
    if (!found) return null;
    if (!('gap' in found)) return found;
    this.read(found.gap);
    return null;
  }

  /** What a function does, evaluated once; null where it cannot be read or, in a recursion, is not known yet. */
  summary(key: string, evaluate: () => FunctionAnalysis | null): FunctionAnalysis | null {
    const knowledge = this.about(key);
    const { summaries } = knowledge;
    const id = `summaries ${key}`;
    const known = summaries.get(key);
    if (known !== undefined) {
      if (known) for (const each of known.reads) this.read(each);
      return known;
    }
    const held = this.underWay.heldResult(id);
    if (held) {
      const result = held.result as FunctionAnalysis | null;
      for (const each of result?.reads ?? []) this.read(each);
      return result;
    }
    if (this.underWay.closesCircle(id)) return null;
    if (this.nesting >= MAX_NESTING) {
      this.cut = true;
      return null;
    }
    // Code of other files that speaks of no tensors leads far and tells nothing.
    if (fileOfKey(key) !== null && this.fileOf(key).scope.frameworks.size === 0) return null;
    this.nesting++;
    try {
      const { result, settled } = this.shared(id, evaluate, null);
      if (settled) {
        summaries.set(key, result);
        if (result) knowledge.note('summaries', key, result.reads);
        // Whoever asked for it asks again, and has the answer then.
        if (this.isOver?.() === true) throw new Interruption();
      }
      return result;
    } finally {
      this.nesting--;
    }
  }

  private tooManyUnsettled(): boolean {
    if (++this.unsettled <= MOST_UNSETTLED) return false;
    this.cut = true;
    return true;
  }

  /** Begins an evaluation inside others; false where they are nested too deeply. What was begun has to be left. */
  enter(weight = 1): boolean {
    if (this.depth + weight > DEEPEST) {
      this.cut = true;
      return false;
    }
    this.depth += weight;
    return true;
  }

  leave(weight = 1): void {
    this.depth -= weight;
  }

  /**
   * Computes a result that others may share. What it is for any call does not depend on the calls that are being
   * looked at.
   */
  private shared<T>(id: string, compute: () => T, otherwise: T): { readonly result: T; readonly settled: boolean } {
    if (!this.enter(RESULT_WEIGHT)) return { result: otherwise, settled: false };
    const { specialized } = this;
    this.specialized = [];
    try {
      const { result, settled } = this.underWay.compute(id, compute);
      return { result, settled: settled || this.tooManyUnsettled() };
    } finally {
      this.specialized = specialized;
      this.leave(RESULT_WEIGHT);
    }
  }

  /** Summaries of the file's own functions. */
  knownSummaries(): readonly FunctionAnalysis[] {
    return [...this.own.summaries.values()].filter((each) => each !== null);
  }

  knows(key: string): boolean {
    return this.own.summaries.has(key);
  }

  /**
   * Takes over a summary of an earlier version.
   * @param from where it comes from, if what was derived from it holds as well
   */
  adopt(summary: FunctionAnalysis, from: Session | null): void {
    this.own.summaries.set(summary.key, summary);
    const derived = from?.own.derived.get(summary);
    if (derived) this.own.derived.set(summary, derived);
  }

  /**
   * Something that follows from a function's summary, computed once.
   * @param holds whether what an earlier version of the file led to still holds, where more than the summary counts
   */
  derive<T>(summary: FunctionAnalysis, what: string, compute: () => T, holds: (known: T) => boolean = () => true): T {
    const { derived } = this.own;
    const known = derived.get(summary) ?? new Map<string, unknown>();
    derived.set(summary, known);
    if (!known.has(what) || !holds(known.get(what) as T)) known.set(what, compute());
    return known.get(what) as T;
  }

  /**
   * Something about a class or a variable, computed once.
   * @param under what it counts as while it is being computed, should it depend on itself
   */
  keep<T>(what: Exclude<Kind, 'summaries'>, key: string, compute: () => T, under: T): T {
    const knowledge = this.about(key);
    const store = knowledge[what] as Map<string, Kept<unknown>>;
    const known = store.get(key) as Kept<T> | undefined;
    if (known) {
      for (const each of known.reads) this.read(each);
      return known.value;
    }
    const id = `${what} ${key}`;
    const held = this.underWay.heldResult(id)?.result as Kept<T> | undefined;
    if (held) {
      for (const each of held.reads) this.read(each);
      return held.value;
    }
    if (this.underWay.closesCircle(id)) return under;
    const none: Kept<T> = { value: under, reads: new Set() };
    const { result: kept, settled } = this.shared(
      id,
      (): Kept<T> => {
        const { result, reads } = this.tracked(compute);
        return { value: result, reads };
      },
      none,
    );
    if (settled) {
      store.set(key, kept);
      knowledge.note(what, key, kept.reads);
    }
    return kept.value;
  }

  /**
   * Runs an evaluation that may take long: whenever its time is over it is given up, and begun again in the next
   * step with all the summaries that it has led to. Its result is the one that it would have had at once.
   */
  *patiently<T>(evaluate: () => T): Steps<T> {
    for (;;) {
      this.isOver = yield;
      const { specializations, unsettled, cut } = this;
      try {
        return evaluate();
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        this.specializations = specializations;
        this.unsettled = unsettled;
        this.cut = cut;
      } finally {
        this.isOver = null;
      }
    }
  }

  /** Evaluates a function for one call alone; null in a recursion, and where such calls are nested too deeply. */
  specializing<T>(key: string, evaluate: () => T | null): T | null {
    if (this.specialized.includes(key) || this.specialized.length >= MAX_SPECIALIZED) return null;
    if (++this.specializations > MOST_SPECIALIZATIONS) {
      this.cut = true;
      return null;
    }
    this.specialized.push(key);
    try {
      return evaluate();
    } finally {
      this.specialized.pop();
    }
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

  private about(key: string): Knowledge {
    return (fileOfKey(key) === null ? null : this.others?.knowledge) ?? this.own;
  }
}
