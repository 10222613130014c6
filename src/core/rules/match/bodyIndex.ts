/**
 * Where the statements of a body stand and what each does to names. Rules ask this for every product of a function,
 * so that it is gathered once: a question then takes a few steps however long the body is.
 */
import { namesIn } from '../../infer/evaluate/expressions';
import { blocksOf } from '../../lower/facts';
import type { Expr, NameExpr, Span, Stmt, WalrusExpr } from '../../lower/ir';
import { expressionsOf, walkExpr } from '../../lower/walk';
import { holds } from './spans';

/** A statement among those of its block. */
export interface Step {
  readonly block: readonly Stmt[];
  readonly at: number;
  readonly statement: Stmt;
  /** The statement that holds the block; null for one of the body itself. */
  readonly outer: Step | null;
  /** It is, or stands in, a function or class inside of the body. */
  readonly nested: boolean;
}

type Statements = Map<string, Stmt[]>;

export class BodyIndex {
  /** In the order of the text, outer statements before those that they hold. */
  private readonly steps: Step[] = [];
  private readonly byStatement = new Map<Stmt, Step>();
  private readonly bindings: Statements = new Map();
  private readonly writes: Statements = new Map();
  private readonly fields: Statements = new Map();
  private readonly mentioned = new Map<string, (NameExpr | WalrusExpr)[]>();
  private readonly shared = new Set<string>();

  constructor(body: readonly Stmt[]) {
    this.addBlock(body, null);
  }

  /** The innermost statement around a place; null where it stands in none. */
  stepAt(place: Span): Step | null {
    let [low, high] = [0, this.steps.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.steps[middle]?.statement.start ?? 0) <= place.start) low = middle + 1;
      else high = middle;
    }
    let step = this.steps[low - 1] ?? null;
    while (step && !holds(step.statement, place)) step = step.outer;
    return step;
  }

  /** The statements around a place, outermost first; empty where it stands in none. */
  stepsTo(place: Span): readonly Step[] {
    const steps: Step[] = [];
    for (let step = this.stepAt(place); step; step = step.outer) steps.push(step);
    return steps.reverse();
  }

  /** Whether a statement stands in a block itself, and not in another statement of it. */
  isIn(block: readonly Stmt[], statement: Stmt): boolean {
    return this.byStatement.get(statement)?.block === block;
  }

  /** `global` or `nonlocal`: other functions may bind the name. */
  isShared(name: string): boolean {
    return this.shared.has(name);
  }

  isBound(name: string): boolean {
    return this.bindings.has(name);
  }

  /** Whether a statement, or anything in it, binds a name. */
  binds({ start, end }: Span, name: string): boolean {
    return this.lastBinding(name, start, end) !== null;
  }

  /** The last statement that binds a name, of those that begin between two offsets, the first one included. */
  lastBinding(name: string, from: number, to: number): Stmt | null {
    return lastBetween(this.bindings.get(name), from, to);
  }

  /** The last statement between two offsets that writes to what a name holds: `x[0] = 1`, `x.data = y`, `x.add_(1)`, `f(out=x)`. */
  lastWrite(name: string, from: number, to: number): Stmt | null {
    return lastBetween(this.writes.get(name), from, to);
  }

  /** Whether a statement that begins between two offsets assigns an attribute of this name, of whatever object. */
  assignsAttribute(name: string, from: number, to: number): boolean {
    return lastBetween(this.fields.get(name), from, to) !== null;
  }

  /** Everywhere that a name is read, assigned to or bound within an expression, in the order of the statements. */
  mentions(name: string): readonly (NameExpr | WalrusExpr)[] {
    return this.mentioned.get(name) ?? [];
  }

  private addBlock(block: readonly Stmt[], outer: Step | null): void {
    for (const [at, statement] of block.entries()) {
      const isScope = statement.kind === 'def' || statement.kind === 'class';
      const step = { block, at, statement, outer, nested: isScope || outer?.nested === true };
      this.steps.push(step);
      this.byStatement.set(statement, step);
      this.addStatement(statement);
      for (const each of isScope ? [statement.body] : blocksOf(statement)) this.addBlock(each, step);
    }
  }

  private addStatement(statement: Stmt): void {
    for (const name of boundNames(statement)) add(this.bindings, name, statement);
    if (statement.kind === 'global' || statement.kind === 'nonlocal')
      for (const name of statement.names) this.shared.add(name);
    for (const target of assignedTargets(statement)) this.addTarget(target, statement);
    for (const part of expressionsOf(statement)) {
      for (const name of writtenNames(part)) add(this.writes, name, statement);
      walkExpr(part, (each) => {
        if (each.kind === 'walrus') add(this.bindings, each.name, statement);
        if (each.kind !== 'walrus' && each.kind !== 'name') return;
        const places = this.mentioned.get(each.name);
        if (places) places.push(each);
        else this.mentioned.set(each.name, [each]);
      });
    }
  }

  private addTarget(target: Expr, statement: Stmt): void {
    if (target.kind === 'tuple' || target.kind === 'list')
      for (const each of target.items) this.addTarget(each, statement);
    else if (target.kind === 'starred') this.addTarget(target.value, statement);
    else if (target.kind === 'attribute' || target.kind === 'subscript') {
      if (target.kind === 'attribute') add(this.fields, target.name, statement);
      for (const name of namesOf(target.object)) add(this.writes, name, statement);
    }
  }
}

function add(statements: Statements, name: string, statement: Stmt): void {
  const known = statements.get(name);
  if (!known) statements.set(name, [statement]);
  else if (known.at(-1) !== statement) known.push(statement);
}

/** @param statements in the order of the text */
function lastBetween(statements: readonly Stmt[] | undefined, from: number, to: number): Stmt | null {
  if (!statements) return null;
  let [low, high] = [0, statements.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((statements[middle]?.start ?? 0) < to) low = middle + 1;
    else high = middle;
  }
  const last = statements[low - 1];
  return last && last.start >= from ? last : null;
}

function assignedTargets(statement: Stmt): readonly Expr[] {
  switch (statement.kind) {
    case 'assign':
      return statement.value ? statement.targets : [];
    case 'augment':
    case 'for':
      return [statement.target];
    case 'with':
      return statement.items.flatMap(({ target }) => (target ? [target] : []));
    case 'delete':
      return statement.targets;
    default:
      return [];
  }
}

function boundNames(statement: Stmt): readonly string[] {
  switch (statement.kind) {
    case 'try':
      return statement.handlers.flatMap((each) => (each.name === null ? [] : [each.name]));
    case 'match':
      return statement.cases.flatMap((each) => each.names);
    case 'def':
    case 'class':
      return [statement.name];
    case 'import':
      return statement.imports.map((each) => each.bound);
    default:
      return assignedTargets(statement).flatMap(namesIn);
  }
}

/** `x.add_(1)` and `torch.mm(a, b, out=x)` change what they are called on or given. */
function writtenNames(expr: Expr): readonly string[] {
  const written: string[] = [];
  walkExpr(expr, (each) => {
    if (each.kind !== 'call') return;
    const { callee, args } = each;
    if (callee.kind === 'attribute' && /[^_]_$/.test(callee.name)) written.push(...namesOf(callee.object));
    for (const { name, value } of args) if (name === 'out') written.push(...namesOf(value));
  });
  return written;
}

function namesOf(expr: Expr): readonly string[] {
  const names: string[] = [];
  walkExpr(expr, (each) => {
    if (each.kind === 'name' || each.kind === 'walrus') names.push(each.name);
  });
  return names;
}
