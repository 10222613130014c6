/** What inference sees of a file: facts, names and, one at a time, the bodies of functions. No trees. */
import type { ClassFacts, FileFacts, FunctionFacts } from '../lower/facts';
import type { DefStmt, Span } from '../lower/ir';
import { keyIn } from '../link/place';
import type { Place } from '../link/place';
import { Scope } from '../link/scope';
import { LineIndex } from '../syntax/lines';
import type { Site } from './site';

/** Begins, before the key of a function, what names the place where that ends. No qualified name holds it. */
const AFTER = '>>';

export class FileModel {
  readonly scope: Scope;
  private readonly functions: ReadonlyMap<string, FunctionFacts>;
  private readonly classes: ReadonlyMap<string, ClassFacts>;
  private readonly derived = new Map<string, unknown>();
  private readonly bodies = new Map<string, DefStmt | null>();
  private readonly relevance = new Map<string, { readonly by: string; readonly relevant: boolean }>();

  /**
   * @param lower gives a function's whole definition, with offsets from its own beginning
   * @param place null where nothing is known of the modules around the file
   */
  constructor(
    readonly facts: FileFacts,
    readonly text: string,
    private lower: (facts: FunctionFacts) => DefStmt | null,
    readonly place: Place | null = null,
  ) {
    this.scope = new Scope(facts);
    this.functions = new Map(facts.functions.map((each) => [each.key, each]));
    this.classes = new Map(facts.classes.map((each) => [each.key, each]));
  }

  /** The model of a file as other files see it: its keys tell whose they are. */
  static ofOther(
    facts: FileFacts,
    text: string,
    lower: (facts: FunctionFacts) => DefStmt | null,
    place: Place,
  ): FileModel {
    return new FileModel(foreignFacts(facts, place.id), text, lower, place);
  }

  /** Something that follows from the file's text and facts alone, computed when it is first asked for. */
  once<T>(what: string, compute: () => T): T {
    if (!this.derived.has(what)) this.derived.set(what, compute());
    return this.derived.get(what) as T;
  }

  /** Takes over what follows from parts of the text that have not changed. @param what how it begins */
  adoptOnce(what: string, from: FileModel): void {
    for (const [each, value] of from.derived) if (each.startsWith(what)) this.derived.set(each, value);
  }

  get lines(): LineIndex {
    return this.once('lines', () => new LineIndex(this.text));
  }

  functionFacts(key: string): FunctionFacts | null {
    return this.functions.get(key) ?? null;
  }

  classFacts(key: string): ClassFacts | null {
    return this.classes.get(key) ?? null;
  }

  /** @returns null where the body cannot be read */
  body(key: string): DefStmt | null {
    const known = this.bodies.get(key);
    if (known !== undefined) return known;
    const facts = this.functions.get(key);
    const body = facts ? this.lower(facts) : null;
    this.bodies.set(key, body);
    return body;
  }

  /** The tree is about to be freed: other bodies are read in another way from now on. */
  readFrom(lower: (facts: FunctionFacts) => DefStmt | null): void {
    this.lower = lower;
  }

  /** Forgets bodies: each can be read from the text again. */
  forgetBodies(): void {
    this.bodies.clear();
  }

  /** Takes the body of a function whose text has not changed from the model of an earlier version. */
  adoptBody(key: string, from: FileModel): void {
    const body = from.bodies.get(key);
    if (body !== undefined) this.bodies.set(key, body);
    const relevance = from.relevance.get(key);
    if (relevance) this.relevance.set(key, relevance);
  }

  /** Whether a function may matter, judged once for its text and for what it is judged `by`. */
  isRelevant(key: string, by: string, judge: () => boolean): boolean {
    const known = this.relevance.get(key);
    if (known?.by === by) return known.relevant;
    const relevant = judge();
    this.relevance.set(key, { by, relevant });
    return relevant;
  }

  /** The source of a function. */
  textOf(facts: FunctionFacts): string {
    return this.text.slice(facts.def.start, facts.def.end);
  }

  /** The offset in the file from which places are counted whose owner this is; for a function, where it begins. */
  originOf(owner: string): number {
    const at = owner.lastIndexOf(AFTER);
    if (at < 0) return this.functions.get(owner)?.def.start ?? 0;
    return this.functions.get(owner.slice(0, at) + owner.slice(at + AFTER.length))?.def.end ?? 0;
  }

  /**
   * A place of the file, counted from the function that it is part of or, outside of all, from the end of the one
   * before: there it is still when an edit has moved it.
   * @param span with offsets from the file's beginning
   * @param topLevel the key of the file's top level
   */
  siteAt({ start, end }: Span, topLevel: string): Site {
    const { functions } = this.facts;
    let [low, high] = [0, functions.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((functions[middle]?.def.start ?? 0) <= start) low = middle + 1;
      else high = middle;
    }
    const before = functions[low - 1];
    if (!before) return { owner: topLevel, start, end };
    const { key, def } = before;
    if (start < def.end) return { owner: key, start: start - def.start, end: end - def.start };
    const owner = topLevel + AFTER + key.slice(topLevel.length);
    return { owner, start: start - def.end, end: end - def.end };
  }
}

/** Facts whose keys begin with the file's id. */
function foreignFacts(facts: FileFacts, id: string): FileFacts {
  const foreign = (key: string): string => keyIn(id, key);
  return {
    ...facts,
    functions: facts.functions.map((each) => ({
      ...each,
      key: foreign(each.key),
      owner: each.owner === null ? null : foreign(each.owner),
    })),
    classes: facts.classes.map((each) => ({
      ...each,
      key: foreign(each.key),
      methods: new Map([...each.methods].map(([name, key]) => [name, foreign(key)])),
    })),
  };
}
