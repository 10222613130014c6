/** What a module's constructor fixed and its forward needs: static to `jax.jit`, read from the torch module. */
import { flat } from './print';
import { literal, name as nameOf, quoted } from './python';
import type { Py } from './python';
import { rewrite, samePy } from './walk';

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

/** What must hold of a torch module for the program to be its own. */
export interface Requirement {
  readonly test: Py;
  readonly message: string;
}

export class Config {
  readonly fields: Field[] = [];
  private readonly assumed = new Map<string, { readonly code: Py; readonly value: Py }>();
  /** Containers whose children were written out one by one, by how the torch module tells them. */
  private readonly counts = new Map<string, Requirement>();
  /** Values of the constructor's parameters: given ones, or their defaults. */
  private readonly values = new Map<string, Py>();
  private readonly readers = new Map<string, Py>();
  private readonly required = new Map<string, Requirement>();

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

  /** The program holds only where an expression of the torch module has this value. */
  require(read: Py, value: Py, message: string): void {
    this.required.set(flat(read), { test: equals(read, value), message });
  }

  assumeCount(path: Py | null, count: number): void {
    if (!path) return;
    const length: Py = { kind: 'call', callee: nameOf('len'), args: [{ name: null, value: path }] };
    this.counts.set(flat(path), {
      test: equals(length, literal(String(count))),
      message: `written for ${count} parts`,
    });
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

  /** What the torch module must agree with, as far as it tells. */
  get requirements(): readonly Requirement[] {
    const assumed = this.assumptions.flatMap(({ read, value, text }) =>
      read ? [asRequirement(read, value, text)] : [],
    );
    // How many children a container has is of interest where an argument decided it.
    const counts = this.assumed.size > 0 ? [...this.counts.values()] : [];
    return [...assumed, ...counts, ...this.required.values()];
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

function equals(left: Py, right: Py): Py {
  return { kind: 'compare', operators: ['=='], operands: [left, right] };
}

function asRequirement(read: Py, value: Py, text: string): Requirement {
  const truth = value.kind === 'literal' ? value.text : '';
  if (truth === 'True') return { test: read, message: `written for ${text}` };
  if (truth === 'False')
    return { test: { kind: 'unary', operator: 'not', operand: read }, message: `written for not ${text}` };
  return { test: equals(read, value), message: `written for ${text} == ${flat(value)}` };
}
