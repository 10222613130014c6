/** The variables of one function while it is evaluated. */
import { joinNamed } from './values';
import type { Value } from './values';

export interface Snapshot {
  readonly variables: ReadonlyMap<string, Value>;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly ended: boolean;
}

export class Frame {
  private variables = new Map<string, Value>();
  /** Attributes of `self` that this function has assigned. */
  private attributes = new Map<string, Value>();
  /** A return, raise, break or continue has been passed: what follows does not run. */
  ended = false;

  constructor(readonly parent: Frame | null = null) {}

  get(name: string): Value | null {
    return this.variables.get(name) ?? this.parent?.get(name) ?? null;
  }

  set(name: string, value: Value): void {
    this.variables.set(name, value);
  }

  /** A frame that sees nothing of this one. */
  empty(): Frame {
    return new Frame();
  }

  forget(name: string): void {
    this.variables.delete(name);
  }

  attribute(name: string): Value | null {
    return this.attributes.get(name) ?? this.parent?.attribute(name) ?? null;
  }

  setAttribute(name: string, value: Value): void {
    this.attributes.set(name, value);
  }

  ownAttributes(): ReadonlyMap<string, Value> {
    return this.attributes;
  }

  /** Something more is known of a value: every variable that holds it now holds the refined one. */
  refine(old: Value, refined: Value): void {
    for (const [name, value] of this.variables) if (value === old) this.variables.set(name, refined);
    this.parent?.refine(old, refined);
  }

  snapshot(): Snapshot {
    return { variables: new Map(this.variables), attributes: new Map(this.attributes), ended: this.ended };
  }

  restore(to: Snapshot): void {
    this.variables = new Map(to.variables);
    this.attributes = new Map(to.attributes);
    this.ended = to.ended;
  }

  /** Where two paths meet, each variable is what it was on either; a path that ended does not count. */
  merge(other: Snapshot): void {
    if (other.ended) return;
    if (this.ended) {
      this.restore(other);
      return;
    }
    this.variables = joinNamed(this.variables, other.variables);
    this.attributes = joinNamed(this.attributes, other.attributes);
  }
}
