/** What inference sees of a file: facts, names and, one at a time, the bodies of functions. No trees. */
import type { ClassFacts, FileFacts, FunctionFacts } from '../lower/facts';
import type { DefStmt } from '../lower/ir';
import { Scope } from '../link/scope';

export class FileModel {
  readonly scope: Scope;
  private readonly functions: ReadonlyMap<string, FunctionFacts>;
  private readonly classes: ReadonlyMap<string, ClassFacts>;
  private readonly bodies = new Map<string, DefStmt | null>();

  /** @param lower gives a function's whole definition, with offsets from its own beginning */
  constructor(
    readonly facts: FileFacts,
    readonly text: string,
    private readonly lower: (facts: FunctionFacts) => DefStmt | null,
  ) {
    this.scope = new Scope(facts);
    this.functions = new Map(facts.functions.map((each) => [each.key, each]));
    this.classes = new Map(facts.classes.map((each) => [each.key, each]));
  }

  functionFacts(key: string): FunctionFacts | null {
    return this.functions.get(key) ?? null;
  }

  classFacts(key: string): ClassFacts | null {
    return this.classes.get(key) ?? null;
  }

  body(key: string): DefStmt | null {
    const known = this.bodies.get(key);
    if (known !== undefined) return known;
    const facts = this.functions.get(key);
    const body = facts ? this.lower(facts) : null;
    this.bodies.set(key, body);
    return body;
  }

  /** The source of a function. */
  textOf(facts: FunctionFacts): string {
    return this.text.slice(facts.def.start, facts.def.end);
  }

  /** The offset in the file at which a function begins; the top level, with an empty key, at 0. */
  originOf(key: string): number {
    return this.functions.get(key)?.def.start ?? 0;
  }
}
