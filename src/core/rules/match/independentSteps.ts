/** Loops whose steps know nothing of each other: what each computes, and where its results go. */
import { namesIn } from '../../infer/evaluate/expressions';
import type { Expr, Stmt } from '../../lower/ir';
import { mentions, walkExpr } from '../../lower/walk';
import type { Loop } from './loops';

/** A value that a step keeps. */
export interface Kept {
  /** `rows.append(value)` and `rows += [value]`; `out[:, i] = value`; `total += value`. */
  readonly way: 'appended' | 'stored' | 'added';
  /** The list, the tensor or the sum. */
  readonly name: string;
  readonly value: Expr;
  /** Where it is stored; null for lists and sums. */
  readonly target: Expr | null;
  readonly end: number;
}

export interface IndependentSteps {
  readonly kept: readonly Kept[];
  /** The values that a step gives to names of its own, in their order. */
  readonly locals: readonly Local[];
}

export interface Local {
  readonly names: readonly string[];
  readonly value: Expr;
}

/** Null where a step does anything else than compute and keep, or reads what another step has made. */
export function independentSteps(loop: Loop): IndependentSteps | null {
  const kept: Kept[] = [];
  const locals: Local[] = [];
  const read: { readonly expr: Expr; readonly ready: ReadonlySet<string> }[] = [];
  const ready = new Set(namesIn(loop.target));
  for (const statement of loop.body) {
    const one = keptBy(statement, ready);
    const own = one ? null : localOf(statement);
    if (!one && !own) return null;
    const values = one ? readWith(one) : own ? [own.value] : [];
    values.forEach((expr) => read.push({ expr, ready: new Set(ready) }));
    if (one) kept.push(one);
    if (own) {
      locals.push(own);
      own.names.forEach((name) => ready.add(name));
    }
  }
  const bound = new Set(locals.flatMap(({ names }) => names));
  if (kept.length === 0 || kept.some(({ name }) => ready.has(name))) return null;
  // What is kept may be read behind the loop, and not within it.
  if (read.some(({ expr }) => changesSomething(expr) || kept.some(({ name }) => mentions(expr, name)))) return null;
  const isCarried = read.some((each) => readsOf(each.expr).some((name) => bound.has(name) && !each.ready.has(name)));
  return isCarried ? null : { kept, locals };
}

/** The names of a step that hold something that follows from an expression of the step, or from names given. */
export function followingNames(
  { locals }: Pick<IndependentSteps, 'locals'>,
  seeds: Iterable<string>,
  begins: (each: Expr) => boolean = () => false,
): ReadonlySet<string> {
  const names = new Set(seeds);
  for (const { names: given, value } of locals) {
    let follows = false;
    walkExpr(value, (each) => {
      if ((each.kind === 'name' && names.has(each.name)) || begins(each)) follows = true;
    });
    for (const name of given)
      if (follows) names.add(name);
      else names.delete(name);
  }
  return names;
}

/** @param own names that the step has bound already: what is added to them is not kept for the next step */
function keptBy(statement: Stmt, own: ReadonlySet<string>): Kept | null {
  const { end } = statement;
  if (statement.kind === 'expr') {
    const { value } = statement;
    if (value.kind !== 'call' || value.callee.kind !== 'attribute' || value.callee.name !== 'append') return null;
    const [only, more] = value.args;
    const list = value.callee.object;
    if (list.kind !== 'name' || only?.name !== null || more) return null;
    return { way: 'appended', name: list.name, value: only.value, target: null, end };
  }
  if (statement.kind === 'augment') {
    const { target, value, operator } = statement;
    if (target.kind !== 'name' || operator !== '+') return null;
    return addedTo(target.name, value, end);
  }
  if (statement.kind !== 'assign' || !statement.value) return null;
  const [target, more] = statement.targets;
  const { value } = statement;
  if (!target || more) return null;
  if (target.kind === 'subscript')
    return target.object.kind === 'name' ? { way: 'stored', name: target.object.name, value, target, end } : null;
  // `total = total + layer(x)`
  if (target.kind !== 'name' || own.has(target.name) || value.kind !== 'binary' || value.operator !== '+') return null;
  const { left, right } = value;
  const [total, added] = left.kind === 'name' && left.name === target.name ? [left, right] : [right, left];
  if (total.kind !== 'name' || total.name !== target.name || mentions(added, target.name)) return null;
  return addedTo(target.name, added, end);
}

/** `rows += [row]` and `rows = rows + (row,)` are no sums. */
function addedTo(name: string, value: Expr, end: number): Kept | null {
  if (value.kind !== 'list' && value.kind !== 'tuple') return { way: 'added', name, value, target: null, end };
  const [only, more] = value.items;
  return only && !more ? { way: 'appended', name, value: only, target: null, end } : null;
}

function localOf(statement: Stmt): Local | null {
  if (statement.kind !== 'assign' || !statement.value || !statement.targets.every(isNames)) return null;
  return { names: statement.targets.flatMap(namesIn), value: statement.value };
}

function isNames(target: Expr): boolean {
  return target.kind === 'name' || (target.kind === 'tuple' && target.items.every(isNames));
}

/** What a step evaluates to keep something. */
function readWith({ value, target }: Kept): readonly Expr[] {
  return target?.kind === 'subscript' ? [value, ...target.index] : [value];
}

function readsOf(expr: Expr): readonly string[] {
  const names: string[] = [];
  walkExpr(expr, (each) => {
    if (each.kind === 'name') names.push(each.name);
  });
  return names;
}

/** Awaits, yields, and calls that say by their name that they write, draw at random or take from somewhere. */
const CHANGES = /^(?:\w*[^_]_|append|extend|pop|next|insert|update|setdefault|put|step|backward)$/;

function changesSomething(expr: Expr): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'await' || each.kind === 'yield' || each.kind === 'walrus') found = true;
    if (each.kind !== 'call') return;
    const { callee, args } = each;
    const name = callee.kind === 'attribute' || callee.kind === 'name' ? callee.name : '';
    if (CHANGES.test(name) || args.some((argument) => argument.name === 'out')) found = true;
  });
  return found;
}
