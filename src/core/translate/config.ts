/** What a module's constructor fixed and its forward needs: static to `jax.jit`, read from the torch module. */
import { flat } from './print';
import { literal, quoted } from './python';
import type { Py } from './python';
import { samePy } from './walk';
import { rewrite } from './walk';

export interface Field {
  readonly name: string;
  /** In terms of the constructor's parameters; null where it cannot be said. */
  readonly value: Py | null;
  /** How the torch module tells it, from `module` on; null where it does not. */
  readonly read: Py | null;
}

export interface Assumption {
  /** How the torch module tells it; null where it does not. */
  readonly read: Py | null;
  readonly value: Py;
  readonly text: string;
}

export class Config {
  readonly fields: Field[] = [];
  private readonly assumed = new Map<string, { readonly code: Py; readonly value: Py }>();
  /** Containers whose children were written out one by one, by how the torch module tells them. */
  private readonly counts = new Map<string, number>();
  /** Values of the constructor's parameters: given ones, or their defaults. */
  private readonly values = new Map<string, Py>();
  private readonly readers = new Map<string, Py>();

  setValue(parameter: string, value: Py): void {
    this.values.set(parameter, value);
  }

  hasValue(parameter: string): boolean {
    return this.values.has(parameter);
  }

  setReader(parameter: string, read: Py): void {
    if (!this.readers.has(parameter)) this.readers.set(parameter, read);
  }

  readerOf(parameter: string): Py | null {
    return this.readers.get(parameter) ?? null;
  }

  /** The name of the field that holds this value. */
  field(hint: string, value: Py | null, read: Py | null): string {
    const same = this.fields.find((each) =>
      value
        ? each.value !== null && samePy(each.value, value)
        : read !== null && each.read !== null && samePy(each.read, read),
    );
    if (same) return same.name;
    let name = hint;
    for (let at = 2; this.fields.some((each) => each.name === name); at++) name = `${hint}_${at}`;
    this.fields.push({ name, value, read });
    return name;
  }

  /** Structure was decided by a value that stands in the torch module at this place. */
  assume(read: Py | null, value: number | string | boolean, code: Py): void {
    this.assumed.set(flat(code), { code: read ?? code, value: valueOf(value) });
  }

  /** Structure was decided by what an expression of the constructor's arguments comes to. */
  assumeOutcome(code: Py, value: number | boolean): void {
    this.assumed.set(flat(code), { code, value: valueOf(value) });
  }

  assumeCount(path: Py | null, count: number): void {
    if (path) this.counts.set(flat(path), count);
  }

  get assumptions(): readonly Assumption[] {
    return [...this.assumed].map(([text, { code, value }]) => ({ text, value, read: this.readable(code) }));
  }

  /** An expression of the constructor's arguments, as the torch module tells them; null where it does not. */
  private readable(code: Py): Py | null {
    let complete = true;
    const read = rewrite(code, (each) => {
      const found = each.kind === 'fact' ? this.readerOf(each.name) : each;
      if (!found) complete = false;
      return found ?? each;
    });
    return complete ? read : null;
  }

  /** What a torch module must have for the program to be its own; of interest where structure was decided. */
  get stackCounts(): ReadonlyMap<string, number> {
    return this.assumed.size > 0 ? this.counts : new Map();
  }

  /** The value of a field for the known arguments; null where one is missing. */
  defaultOf(field: Field): Py | null {
    if (!field.value) return null;
    let complete = true;
    const value = rewrite(field.value, (each) => {
      if (each.kind !== 'fact') return each;
      const found = this.values.get(each.name);
      if (!found) complete = false;
      return found ?? each;
    });
    return complete ? value : null;
  }
}

function valueOf(value: number | string | boolean): Py {
  if (typeof value === 'string') return quoted(value);
  return literal(typeof value === 'number' ? String(value) : value ? 'True' : 'False');
}
