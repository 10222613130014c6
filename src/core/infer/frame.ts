/** The variables of one function while it is evaluated. */
import { joinNamed } from './values';
import type { Value } from './values';

export interface Snapshot {
  readonly variables: ReadonlyMap<string, Value>;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly ended: boolean;
}

type Values = ReadonlyMap<string, Value>;

export class Frame {
  private variables: Values = new Map();
  /** Attributes of `self` that this function has assigned. */
  private attributes: Values = new Map();
  /** Whether a snapshot holds the same map, which is copied before it changes: most branches change little. */
  private shared = { variables: false, attributes: false };
  /** A return, raise, break or continue has been passed: what follows does not run. */
  ended = false;

  constructor(readonly parent: Frame | null = null) {}

  get(name: string): Value | null {
    return this.variables.get(name) ?? this.parent?.get(name) ?? null;
  }

  set(name: string, value: Value): void {
    this.own('variables').set(name, value);
  }

  /** A map that may be changed. */
  private own(which: 'variables' | 'attributes'): Map<string, Value> {
    const map = this.shared[which] ? new Map(this[which]) : (this[which] as Map<string, Value>);
    this[which] = map;
    this.shared[which] = false;
    return map;
  }

  /** A frame that sees nothing of this one. */
  empty(): Frame {
    return new Frame();
  }

  forget(name: string): void {
    if (this.variables.has(name)) this.own('variables').delete(name);
  }

  attribute(name: string): Value | null {
    return this.attributes.get(name) ?? this.parent?.attribute(name) ?? null;
  }

  setAttribute(name: string, value: Value): void {
    this.own('attributes').set(name, value);
  }

  ownAttributes(): ReadonlyMap<string, Value> {
    return this.attributes;
  }

  /** Something more is known of a value: every variable that holds it now holds the refined one. */
  refine(old: Value, refined: Value): void {
    for (const [name, value] of this.variables) if (value === old) this.set(name, refined);
    this.parent?.refine(old, refined);
  }

  snapshot(): Snapshot {
    this.shared = { variables: true, attributes: true };
    return { variables: this.variables, attributes: this.attributes, ended: this.ended };
  }

  restore(to: Snapshot): void {
    this.variables = to.variables;
    this.attributes = to.attributes;
    this.shared = { variables: true, attributes: true };
    this.ended = to.ended;
  }

  /** Where two paths meet, each variable is what it was on either; a path that ended does not count. */
  merge(other: Snapshot): void {
    if (other.ended) return;
    if (this.ended) {
      this.restore(other);
      return;
    }
    for (const which of ['variables', 'attributes'] as const) {
      if (this[which] === other[which]) continue;
      this[which] = joinNamed(this[which], other[which]);
      this.shared[which] = false;
    }
  }
}
