/** The program under construction: its functions, constants, prelude and the facts of its constructor. */
import type { FileModel } from '../infer/model';
import type { Session } from '../infer/session';
import type { Parameter, Span } from '../lower/ir';
import { Classes } from './classes';
import { Constructor } from './constructor';
import { truthOf } from './constructorValues';
import { Config } from './config';
import { Effort } from './effort';
import { Functions } from './functions';
import type { Made } from './functions';
import type { Known, ModuleKnown, ModuleShape, Term } from './known';
import type { NameSupply } from './nameSupply';
import { attribute, name as nameOf } from './python';
import type { Py, PyFunction, PyStatement } from './python';
import { parameterKnown } from './parameters';
import { PRELUDE } from './prelude';
import { Refusals } from './refusal';
import type { Translator } from './translator';
import { rewrite, visit } from './walk';

export class Program {
  readonly refusals = new Refusals();
  readonly effort = new Effort();
  readonly notes = new Set<string>();
  readonly constants = new Map<string, Py>();
  readonly constantTerms = new Map<string, Term>();
  /** Those whose values are being translated: one that comes up again is made of itself. */
  readonly constantsUnderWay = new Set<string>();
  /** Names that some function declares global. */
  readonly rebound: ReadonlySet<string>;
  readonly config: Config;
  private readonly classes: Classes;
  private readonly functions: Functions;
  private readonly attributesOf = new Map<string, ReadonlyMap<string, Term>>();

  constructor(
    readonly file: FileModel,
    readonly session: Session,
    private readonly names: NameSupply,
  ) {
    this.classes = new Classes(file);
    this.rebound = file.once('rebound names', () => reboundNames(file.text));
    this.config = new Config();
    this.functions = new Functions(this, (hint) => names.free(hint));
  }

  prelude(helper: string): string {
    const known = this.names.prelude.get(helper);
    if (known !== undefined) return known;
    for (const each of PRELUDE[helper]?.uses ?? []) this.prelude(each);
    const name = this.names.free(helper);
    this.names.prelude.set(helper, name);
    return name;
  }

  textOf(key: string): string {
    const facts = this.file.functionFacts(key);
    return facts ? this.file.textOf(facts) : '';
  }

  method(owner: string, name: string, after = false): string | null {
    return this.classes.method(owner, name, after);
  }

  isModule(key: string): boolean {
    return this.classes.isModule(key);
  }

  /** A variable of a class's body. */
  classLevel(key: string, name: string): Term | null {
    return this.classes.level(this, key, name);
  }

  attributes(shape: ModuleShape & { kind: 'class' }): ReadonlyMap<string, Term> {
    const id = JSON.stringify(shape, (_, value: unknown) =>
      value instanceof Map ? [...(value as Map<unknown, unknown>)] : value,
    );
    const known = this.attributesOf.get(id);
    if (known) return known;
    this.attributesOf.set(id, new Map());
    const self: ModuleKnown = { kind: 'module', shape, params: null, path: null };
    const constructor = new Constructor(this, self);
    const key = this.method(shape.key, '__init__');
    if (key !== null) constructor.run(key, shape.args);
    // What another method sets is not the constructor's value any more.
    for (const [name, setters] of this.classes.fields(shape.key)) {
      const later = setters.filter((each) => each !== '__init__' && !/^_?(?:init|reset|build|setup|make)/.test(each));
      const [setter] = later;
      if (setter !== undefined)
        constructor.attributes.set(name, {
          code: nameOf(name),
          known: { kind: 'refused', reason: `the method \`${setter}\` sets it, too` },
        });
    }
    this.attributesOf.set(id, constructor.attributes);
    return constructor.attributes;
  }

  parameterKnown(t: Translator, parameter: Parameter): Known {
    return parameterKnown(t, parameter);
  }

  /**
   * A constructor's fact as the program's code reads it: as it stands where it is the same for every instance,
   * else from the configuration.
   */
  fact(t: Translator, term: Term, path: Py | null, hint: string): Py {
    if (term.known.kind !== 'unknown' && !dependsOnFacts(term.code)) return term.code;
    const value = term.known.kind === 'unknown' ? null : term.code;
    t.usesConfig = true;
    return attribute(nameOf(t.configName), this.config.field(hint, value, path));
  }

  /** Code from a constructor whose arguments are read from the configuration. */
  withFacts(t: Translator, code: Py, at: Span): Py {
    return rewrite(code, (each) => {
      if (each.kind !== 'fact') return each;
      const path = this.config.readerOf(each.name);
      if (!path && !this.config.hasValue(each.name))
        t.refuse(
          at,
          `the constructor's argument \`${each.name}\` cannot be read from a module`,
          'keep it as an attribute of self',
        );
      t.usesConfig = true;
      return attribute(nameOf(t.configName), this.config.field(each.name, each, path));
    });
  }

  /** Structure was decided by a constructor argument's value: programs for other values differ. */
  assume(term: Term, path: Py | null, value: number | string | boolean): void {
    if (dependsOnFacts(term.code)) this.config.assume(path, value, term.code);
  }

  assumeTest(term: Term): void {
    const outcome = term.known.kind === 'number' ? term.known.value : truthOf(term.known);
    if (outcome !== null && dependsOnFacts(term.code)) this.config.assumeOutcome(term.code, outcome);
  }

  /** The outcome of a test, where it holds for every instance and every call; in a constructor, for its arguments. */
  decided(t: Translator, test: Term): boolean | null {
    const truth = truthOf(test.known);
    if (truth === null) return null;
    if (t.mode === 'constructor') {
      this.assumeTest(test);
      return truth;
    }
    return test.known.kind === 'bool' && !dependsOnConfig(t, test.code) ? truth : null;
  }

  callFunction(
    t: Translator,
    known: Known,
    positional: readonly Term[],
    keywords: ReadonlyMap<string, Term>,
    at: Span,
  ): Term {
    return this.functions.call(t, known, positional, keywords, at);
  }

  /** The function that a definition of the file becomes; null where it was refused. */
  entry(key: string, self: ModuleKnown | null, name: string): Made | null {
    return this.functions.entry(key, self, name);
  }

  addFunction(hint: string, t: Translator, parameters: readonly string[], body: readonly PyStatement[]): Made {
    return this.functions.add(
      hint,
      t,
      parameters.map((each) => ({ name: each, form: 'positional', default: null })),
      body,
    );
  }

  callCode(t: Translator, made: Made, module: ModuleKnown | null, args: readonly Py[]): Py {
    return this.functions.code(
      t,
      made,
      module,
      args.map((value) => ({ name: null, value })),
    );
  }

  /** Whether a name is that of a prelude function in use. */
  isHelper(name: string): boolean {
    return [...this.names.prelude.values()].includes(name);
  }

  written(): readonly PyFunction[] {
    return this.functions.list();
  }
}

function reboundNames(text: string): ReadonlySet<string> {
  const names = [...text.matchAll(/^[ \t]*global[ \t]+([\w, ]+)$/gm)];
  return new Set(names.flatMap((each) => (each[1] ?? '').split(/[\s,]+/)));
}

export function dependsOnFacts(code: Py): boolean {
  let found = false;
  visit(code, (each) => {
    if (each.kind === 'fact') found = true;
  });
  return found;
}

function dependsOnConfig(t: Translator, code: Py): boolean {
  let found = dependsOnFacts(code);
  visit(code, (each) => {
    if (each.kind === 'name' && each.name === t.configName) found = true;
  });
  return found;
}
