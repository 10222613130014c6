/**
 * What the names of a file's top level stand for. In a notebook a name stands for what the last of the cells up to
 * the one that speaks of it has made it; in a file without cells, for what the whole file has made it.
 */
import { blocksOf } from '../lower/facts';
import type { FileFacts } from '../lower/facts';
import type { Expr, Import, Stmt } from '../lower/ir';
import { frameworkOf, importedName } from './names';
import type { FrameworkName } from './names';

export type Binding =
  | {
      readonly kind: 'import';
      /** As it is spelled: relative ones begin with their dots. */
      readonly name: string;
      readonly module: string;
      /** What is taken from the module; null where the module itself is bound. */
      readonly member: string | null;
    }
  | { readonly kind: 'function'; readonly key: string }
  | { readonly kind: 'class'; readonly key: string }
  /** `start` of the assignment, from which on the name has the value. */
  | { readonly kind: 'value'; readonly value: Expr; readonly start: number };

/** A file with more star imports is a list of what there is: a name is not looked for in all of them. */
const MOST_STARRED = 12;

/** What a name stands for from a place on. */
interface Bound {
  readonly from: number;
  readonly bindings: Binding[];
  /** Counts what the name has stood for before; 0 in a file without cells. */
  readonly ordinal: number;
}

export class Scope {
  private readonly bound = new Map<string, Bound[]>();
  /** Where the cells of a notebook begin, in order. */
  private readonly cells: readonly number[];
  /** Modules whose every name is imported. */
  readonly starred: readonly string[];
  /** Frameworks that the file imports anywhere. */
  readonly frameworks: ReadonlySet<FrameworkName>;

  constructor(facts: FileFacts) {
    const functions = new Map(facts.functions.map((each) => [each.def, each.key]));
    const classes = new Map(facts.classes.map((each) => [each.statement, each.key]));
    const starred: string[] = [];
    const frameworks = new Set<FrameworkName>();
    for (const each of facts.imports) {
      const name = importedName(each);
      const framework = each.level === 0 ? frameworkOf(each.module) : null;
      if (framework) frameworks.add(framework);
      if (each.name === '*') starred.push(name.replace(/\.\*$/, ''));
    }
    this.cells = facts.directives.flatMap((each) => (each.kind === 'cell' ? [each.start] : []));
    this.starred = starred.length > MOST_STARRED ? [] : starred;
    this.frameworks = frameworks;

    const visit = (statements: readonly Stmt[], conditional: boolean): void => {
      for (const statement of statements) {
        switch (statement.kind) {
          case 'import':
            for (const each of statement.imports) this.bindImport(each, statement.start, conditional);
            break;
          case 'def': {
            const key = functions.get(statement);
            if (key !== undefined) this.bind(statement.name, { kind: 'function', key }, statement.start, conditional);
            break;
          }
          case 'class': {
            const key = classes.get(statement);
            if (key !== undefined) this.bind(statement.name, { kind: 'class', key }, statement.start, conditional);
            break;
          }
          case 'assign':
            for (const target of statement.targets) {
              if (target.kind === 'name' && statement.value) {
                const { value, start } = statement;
                this.bind(target.name, { kind: 'value', value, start }, start, conditional);
              }
            }
            break;
          default:
            for (const block of blocksOf(statement)) visit(block, true);
        }
      }
    };
    visit(facts.module, false);
  }

  /**
   * What a name may stand for; more than one where it depends on a condition. Empty: not bound here.
   * @param until how far the code sees that speaks of it; what nothing binds up to there is bound later on
   */
  lookup(name: string, until = Infinity): readonly Binding[] {
    return this.boundUntil(name, until)?.bindings ?? [];
  }

  /** Tells apart what one name stands for in several cells; 0 in a file without cells. */
  ordinal(name: string, until: number): number {
    return this.boundUntil(name, until)?.ordinal ?? 0;
  }

  /** How far code at an offset sees: to the end of its cell, that is to say, or of a file without cells. */
  reach(offset: number): number {
    return this.cells.find((each) => each > offset) ?? Infinity;
  }

  /** How far code at an offset sees that runs right there. */
  before(offset: number): number {
    return this.cells.length > 0 ? offset : Infinity;
  }

  private boundUntil(name: string, until: number): Bound | null {
    const all = this.bound.get(name) ?? [];
    return all.findLast((each) => each.from < until) ?? all[0] ?? null;
  }

  private bindImport(each: Import, from: number, conditional: boolean): void {
    if (each.name === '*') return;
    this.bind(each.bound, this.importBinding(each), from, conditional);
  }

  /** What an import statement binds a name to. `import torch` and `import torch.nn` both bind `torch`. */
  importBinding(each: Import): Extract<Binding, { kind: 'import' }> {
    const base = '.'.repeat(each.level) + each.module;
    const module = each.name === null && !each.aliased ? (base.split('.')[0] ?? base) : base;
    return { kind: 'import', name: importedName(each), module, member: each.name };
  }

  private bind(name: string, binding: Binding, from: number, conditional: boolean): void {
    const all = this.bound.get(name) ?? [];
    this.bound.set(name, all);
    const last = all.at(-1);
    if (this.cells.length > 0)
      all.push({ from, bindings: [...(conditional ? (last?.bindings ?? []) : []), binding], ordinal: all.length });
    else if (conditional && last) last.bindings.push(binding);
    else all.splice(0, 1, { from, bindings: [binding], ordinal: 0 });
  }
}
