/** What the names of a file's top level stand for. */
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
  | { readonly kind: 'value'; readonly value: Expr };

/** A file with more star imports is a list of what there is: a name is not looked for in all of them. */
const MOST_STARRED = 12;

export class Scope {
  private readonly bindings = new Map<string, Binding[]>();
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
    this.starred = starred.length > MOST_STARRED ? [] : starred;
    this.frameworks = frameworks;

    const visit = (statements: readonly Stmt[], conditional: boolean): void => {
      for (const statement of statements) {
        switch (statement.kind) {
          case 'import':
            for (const each of statement.imports) this.bindImport(each, conditional);
            break;
          case 'def': {
            const key = functions.get(statement);
            if (key !== undefined) this.bind(statement.name, { kind: 'function', key }, conditional);
            break;
          }
          case 'class': {
            const key = classes.get(statement);
            if (key !== undefined) this.bind(statement.name, { kind: 'class', key }, conditional);
            break;
          }
          case 'assign':
            for (const target of statement.targets) {
              if (target.kind === 'name' && statement.value) {
                this.bind(target.name, { kind: 'value', value: statement.value }, conditional);
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

  /** What a name may stand for; more than one where it depends on a condition. Empty: not bound here. */
  lookup(name: string): readonly Binding[] {
    return this.bindings.get(name) ?? [];
  }

  private bindImport(each: Import, conditional: boolean): void {
    if (each.name === '*') return;
    this.bind(each.bound, this.importBinding(each), conditional);
  }

  /** What an import statement binds a name to. `import torch` and `import torch.nn` both bind `torch`. */
  importBinding(each: Import): Extract<Binding, { kind: 'import' }> {
    const base = '.'.repeat(each.level) + each.module;
    const module = each.name === null && !each.aliased ? (base.split('.')[0] ?? base) : base;
    return { kind: 'import', name: importedName(each), module, member: each.name };
  }

  private bind(name: string, binding: Binding, conditional: boolean): void {
    const known = this.bindings.get(name);
    if (!conditional || !known) this.bindings.set(name, [binding]);
    else known.push(binding);
  }
}
