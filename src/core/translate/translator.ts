/** One function under translation: its variables, and where it says what it cannot translate. */
import type { Expr, Span } from '../lower/ir';
import { OUTSIDE, rootsOf, tensorKnown } from './known';
import type { Known, ModuleKnown, TensorKnown, Term } from './known';
import { TOO_MUCH } from './effort';
import type { Host } from './op';
import type { Program } from './program';
import { name as nameOf } from './python';
import type { Py } from './python';
import { Refusals } from './refusal';
import { translateExpr } from './expressions';

export interface Variable {
  readonly known: Known;
  /** How its value is written: its name, or in a constructor what it was given. */
  readonly code: Py;
  /** Another name or a container may share its memory. */
  readonly shared: boolean;
}

/** Where the code stands that is translated. */
export interface Place {
  /** Key of the function; empty for the top level. */
  readonly key: string;
  /** Offset in the file that its own offsets count from. */
  readonly origin: number;
  /** Key of the class whose method it is. */
  readonly owner: string | null;
}

export class Translator implements Host {
  variables = new Map<string, Variable>();
  refusals: Refusals;
  /** Whether the code written so far reads weights and constructor facts. */
  usesParams = false;
  usesConfig = false;
  /** Parameters that have not been assigned to: each has one dtype all through the function. */
  readonly untouched = new Set<string>();
  /** What the function returns carries no gradient. */
  stopsGradients = false;

  /** What params and constructor facts are called here; the reader's own names come first. */
  readonly paramsName: string;
  readonly configName: string;

  constructor(
    readonly program: Program,
    readonly place: Place,
    /** The instance whose method this is. */
    readonly self: ModuleKnown | null,
    /** In a constructor names stand for what they were given, and modules are made, not called. */
    readonly mode: 'body' | 'constructor',
  ) {
    this.refusals = program.refusals;
    const text = program.textOf(place.key);
    const free = (...names: readonly string[]): string =>
      names.find((each) => !new RegExp(`(?<![.\\w])${each}\\b`).test(text)) ?? `${names[0] ?? ''}_`;
    this.paramsName = free('params', 'weights', 'module_params');
    this.configName = free('config', 'module_config');
  }

  expr(expr: Expr): Term {
    return this.step(expr, () => translateExpr(this, expr)) ?? this.refuse(expr, TOO_MUCH);
  }

  /** Translates a part; null, and refused, where the whole has become too much. */
  step<T>(at: Span, translate: () => T): T | null {
    const { effort } = this.program;
    if (!effort.enter()) {
      this.refuse(at, TOO_MUCH);
      return null;
    }
    const result = translate();
    effort.leave();
    return result;
  }

  refuse(at: Span, reason: string, wayOut: string | null = null): Term {
    const { origin } = this.place;
    this.refusals.add({ start: at.start + origin, end: at.end + origin, reason, wayOut });
    return { code: nameOf('refused'), known: { kind: 'refused', reason } };
  }

  note(text: string): void {
    this.program.notes.add(text);
  }

  prelude(helper: string): string {
    return this.program.prelude(helper);
  }

  bind(name: string, known: Known): void {
    this.untouched.delete(name);
    this.variables.set(name, { known, code: nameOf(name), shared: false });
  }

  /** Whether a variable's memory is its own, so that nobody else sees a write to it. */
  owns(name: string): boolean {
    const variable = this.variables.get(name);
    return variable !== undefined && !variable.shared && rootsOf(variable.known).length === 0;
  }

  /** The value is now known by another name or held by a container. */
  share(known: Known): void {
    for (const root of rootsOf(known)) {
      const variable = this.variables.get(root);
      if (variable) this.variables.set(root, { ...variable, shared: true });
    }
  }

  /** Something more is known of an expression: the variable that it names now says so. */
  refine(expr: Expr, known: Known): void {
    if (expr.kind !== 'name') return;
    const variable = this.variables.get(expr.name);
    if (variable) this.variables.set(expr.name, { ...variable, known });
  }

  /** A value of unknown kind whose use shows that it is a tensor. */
  asTensor(expr: Expr, known: Known): TensorKnown {
    if (known.kind === 'tensor') return known;
    const own = expr.kind === 'name' && this.untouched.has(expr.name) ? `of ${expr.name}` : null;
    const seen = tensorKnown({ dtype: own, roots: known.kind === 'unknown' ? OUTSIDE : [] });
    if (known.kind === 'unknown') this.refine(expr, seen);
    return seen;
  }

  /** Runs `translate` without keeping what it refuses; gives its refusals. */
  tentatively(translate: () => void): Refusals {
    const kept = this.refusals;
    const own = new Refusals();
    this.refusals = own;
    try {
      translate();
    } finally {
      this.refusals = kept;
    }
    return own;
  }

  /** The source between two offsets of this function. */
  source(span: Span): string {
    const { origin } = this.place;
    return this.program.file.text.slice(span.start + origin, span.end + origin);
  }
}
