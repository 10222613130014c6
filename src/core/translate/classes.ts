/** The classes of the file: their order of inheritance, methods and class variables. */
import { canonicalName } from '../link/names';
import type { FileModel } from '../infer/model';
import type { Expr } from '../lower/ir';
import type { Term } from './known';
import type { Program } from './program';
import { Translator } from './translator';

export class Classes {
  constructor(private readonly file: FileModel) {}

  /** This file's classes that a class derives from, itself first. */
  private ancestry(key: string): readonly string[] {
    const found: string[] = [];
    const visit = (each: string): void => {
      const facts = this.file.classFacts(each);
      if (!facts || found.includes(each)) return;
      found.push(each);
      for (const base of facts.statement.bases) {
        const name = base.value.kind === 'name' ? base.value.name : null;
        const binding = name === null ? null : this.file.scope.lookup(name)[0];
        if (binding?.kind === 'class') visit(binding.key);
      }
    };
    visit(key);
    return found;
  }

  /** Names of bases that other files define. */
  private foreign(key: string): readonly string[] {
    return this.ancestry(key).flatMap((each) =>
      (this.file.classFacts(each)?.statement.bases ?? []).flatMap((base) => {
        const name = this.qualified(base.value);
        return name === null ? [] : [name];
      }),
    );
  }

  private qualified(expr: Expr): string | null {
    if (expr.kind === 'attribute') {
      const inner = this.qualified(expr.object);
      return inner === null ? null : canonicalName(`${inner}.${expr.name}`);
    }
    if (expr.kind !== 'name') return null;
    const binding = this.file.scope.lookup(expr.name)[0];
    return binding?.kind === 'import' ? binding.name : null;
  }

  /** Whether a class is a plain torch module: torch.nn.Module and nothing else of other files stands above it. */
  isModule(key: string): boolean {
    const foreign = this.foreign(key);
    return (
      foreign.length > 0 &&
      foreign.every((each) => each === 'torch.nn.Module' || each.startsWith('typing.') || each === 'abc.ABC')
    );
  }

  /** @param after look in the classes above this one only, as `super()` does */
  method(key: string, name: string, after: boolean): string | null {
    for (const each of this.ancestry(key).slice(after ? 1 : 0)) {
      const method = this.file.classFacts(each)?.methods.get(name);
      if (method !== undefined) return method;
    }
    return null;
  }

  /** Attributes and the methods that assign them. */
  fields(key: string): ReadonlyMap<string, readonly string[]> {
    return new Map(this.ancestry(key).flatMap((each) => [...(this.file.classFacts(each)?.fields ?? [])]));
  }

  level(program: Program, key: string, name: string): Term | null {
    for (const each of this.ancestry(key)) {
      for (const statement of this.file.classFacts(each)?.statement.body ?? []) {
        if (statement.kind !== 'assign' || !statement.value) continue;
        const { value, targets } = statement;
        if (!targets.some((target) => target.kind === 'name' && target.name === name)) continue;
        const t = new Translator(program, { key: '', origin: 0, owner: null }, null, 'constructor');
        const term = t.expr(value);
        return term.known.kind === 'refused' ? null : term;
      }
    }
    return null;
  }
}
