/** Loops and comprehensions alike: what they run over, and what in them differs from step to step. */
import { namesIn } from '../../infer/evaluate/expressions';
import type { CallExpr, ComprehensionExpr, Expr, ForStmt, Span, Stmt } from '../../lower/ir';
import { expressionsOf, mentions, walkBody, walkExpr, walkStatements } from '../../lower/walk';
import { integerLiteral } from '../literals';
import type { FunctionScene } from '../scene';
import { definitionOf } from './definitions';
import { meaningOf } from './meaning';
import { torchCallOf } from './torchCall';

export interface Loop extends Span {
  readonly target: Expr;
  readonly iterable: Expr;
  /** Empty for a comprehension. */
  readonly body: readonly Stmt[];
  /** What a comprehension makes in each step; null for a statement. */
  readonly element: Expr | null;
}

/** Every `for` of a function: statements, and comprehensions with this one clause. */
export function loopsOf(scene: FunctionScene): readonly Loop[] {
  const found: Loop[] = [];
  walkStatements(scene.def.body, (each) => {
    if (each.kind === 'for' && each.orelse.length === 0 && !isAsync(scene, each)) found.push(loopOf(each));
  });
  walkBody(scene.def.body, (each) => {
    if (each.kind !== 'comprehension' || (each.form !== 'list' && each.form !== 'generator')) return;
    const [clause, more] = each.clauses;
    if (clause?.kind !== 'for' || more || isAsync(scene, each)) return;
    const { start, end, element } = each;
    found.push({ target: clause.target, iterable: clause.iterable, body: [], element, start, end });
  });
  return found;
}

/** What comes one after the other as it arrives cannot be taken at once. */
function isAsync(scene: FunctionScene, each: ForStmt | ComprehensionExpr): boolean {
  const { start, end } = each;
  const upTo = each.kind === 'for' ? start + 'async'.length : end;
  return /\basync\b/.test(scene.source({ start, end: upTo }));
}

function loopOf({ target, iterable, body, start, end }: ForStmt): Loop {
  return { target, iterable, body, element: null, start, end };
}

/** Visits what each step evaluates. */
export function walkLoop(loop: Loop, visit: (each: Expr) => void): void {
  walkBody(loop.body, visit);
  if (loop.element) walkExpr(loop.element, visit);
}

/** What the steps of a loop take one after the other. */
export interface Steps {
  /** The variable that counts them from zero. */
  readonly counter: string | null;
  /** What is gone through, by the variable that has the step's own part of it. */
  readonly items: ReadonlyMap<string, Expr>;
}

/** Null for what is neither a plain count nor something gone through item by item: a step in `range`, a dict, chunks. */
export function stepsOf(scene: FunctionScene, { target, iterable }: Pick<Loop, 'target' | 'iterable'>): Steps | null {
  if (iterable.kind !== 'call')
    return target.kind === 'name' ? { counter: null, items: item(target, unbound(scene, iterable)) } : null;
  const values = iterable.args.map((each) => each.value);
  const called = scene.qualifiedName(iterable.callee);
  const hasKeywords = iterable.args.some((each) => each.name !== null);
  if (hasKeywords && called?.startsWith('builtins.')) return null;
  const [first, second] = values;
  switch (called) {
    case 'builtins.range': {
      const plain = values.length === 1 || (values.length === 2 && first && integerLiteral(first) === 0);
      return plain && target.kind === 'name' ? { counter: target.name, items: new Map() } : null;
    }
    case 'builtins.enumerate': {
      if (target.kind !== 'tuple' || !first || second) return null;
      const [index, value, more] = target.items;
      if (index?.kind !== 'name' || !value || more) return null;
      const inner = stepsOf(scene, { target: value, iterable: first });
      return inner?.counter === null ? { counter: index.name, items: inner.items } : null;
    }
    case 'builtins.zip': {
      if (target.kind !== 'tuple' || target.items.length !== values.length) return null;
      const pairs = target.items.map((each, at) => [each, values[at]] as const);
      if (pairs.some(([each, value]) => each.kind !== 'name' || !value)) return null;
      if (new Set(namesIn(target)).size !== pairs.length) return null;
      return {
        counter: null,
        items: new Map(pairs.flatMap(([each, value]) => (value ? [...item(each, unbound(scene, value))] : []))),
      };
    }
    case null:
    case 'torch.unbind':
    case 'torch.eye':
      return target.kind === 'name' ? { counter: null, items: item(target, unbound(scene, iterable)) } : null;
    default:
      return null;
  }
}

function item(target: Expr, iterable: Expr): ReadonlyMap<string, Expr> {
  return new Map(target.kind === 'name' ? [[target.name, iterable]] : []);
}

/** `x.unbind(1)` and `x.split(1, dim=1)` go through `x`, also by a name that they are given before. */
function unbound(scene: FunctionScene, iterable: Expr): Expr {
  const made = meaningOf(scene, iterable);
  if (made.kind !== 'call') return iterable;
  const call = torchCallOf(scene, made);
  const { callee } = made;
  const name = call?.name ?? (callee.kind === 'attribute' ? callee.name : '');
  if (!/^(?:unbind|split|chunk)$/.test(name)) return iterable;
  const isFunction = call ? !call.isMethod : scene.qualifiedName(callee) !== null;
  // The chunks of `split(8)` are no steps; single rows are.
  const size = made.args.filter((each) => each.name === null)[isFunction ? 1 : 0]?.value;
  if (name !== 'unbind' && (name === 'chunk' || !size || integerLiteral(size) !== 1)) return iterable;
  return (isFunction ? made.args[0]?.value : callee.kind === 'attribute' ? callee.object : null) ?? iterable;
}

/**
 * What one step takes of something by its counter: `x` of `x[i]`, `x[:, i]`, `x[..., i]`, `x[i : i + 1]`,
 * `x.select(0, i)` or `x.index_select(0, torch.tensor([i]))`; or null.
 */
export function steppedThrough(expr: Expr, counter: string | null): Expr | null {
  if (counter === null) return null;
  if (expr.kind === 'call') return selected(expr, counter);
  if (expr.kind !== 'subscript' || mentions(expr.object, counter)) return null;
  const own = expr.index.filter((each) => isStep(each, counter));
  const others = expr.index.filter((each) => !isStep(each, counter));
  return own.length === 1 && others.every(isWhole) ? expr.object : null;
}

function selected({ callee, args }: CallExpr, counter: string): Expr | null {
  if (callee.kind !== 'attribute' || mentions(callee.object, counter)) return null;
  const [dim, at, more] = args;
  if (dim?.name !== null || at?.name !== null || more || integerLiteral(dim.value) === null) return null;
  if (callee.name === 'select') return at.value.kind === 'name' && at.value.name === counter ? callee.object : null;
  // `torch.tensor([i])`
  const [list, ...options] = at.value.kind === 'call' ? at.value.args : [];
  const isOne = list?.name === null && list.value.kind === 'list' && options.every((each) => each.name !== null);
  return callee.name === 'index_select' && isOne && isStep(list.value, counter) ? callee.object : null;
}

function isStep(part: Expr, counter: string): boolean {
  if (part.kind === 'list') return part.items.length === 1 && part.items.every((each) => isStep(each, counter));
  if (part.kind !== 'slice') return part.kind === 'name' && part.name === counter;
  const { lower, upper, step } = part;
  if (step || lower?.kind !== 'name' || lower.name !== counter || upper?.kind !== 'binary') return false;
  return (
    upper.operator === '+' &&
    upper.left.kind === 'name' &&
    upper.left.name === counter &&
    integerLiteral(upper.right) === 1
  );
}

function isWhole(part: Expr): boolean {
  if (part.kind === 'constant') return part.value === '...' || part.value === 'None';
  return part.kind === 'slice' && !part.lower && !part.upper && !part.step;
}

/** Methods that lists do not have and whose result is a tensor, where torch is given it. */
const GIVES_TENSOR =
  /^(?:sum|mean|view|reshape|flatten|squeeze|unsqueeze|permute|transpose|contiguous|float|double|clone)$/;

/** Whether something that is stepped through is a tensor: by its value, or because the loop counts one of its sizes. */
export function isTensor(scene: FunctionScene, source: Expr, { iterable }: Pick<Loop, 'iterable'>): boolean {
  if (scene.tensorOf(source) || isOneGradient(scene, source)) return true;
  // A tensor is asked for its size so; lists and arrays are not.
  if (source.kind === 'name' && scene.source(scene.def).includes(`${source.name}.size(`)) return true;
  const made = meaningOf(scene, source);
  if (made.kind === 'call' && made.callee.kind === 'attribute' && GIVES_TENSOR.test(made.callee.name)) return true;
  let counted = false;
  walkExpr(iterable, (each) => {
    if (each.kind !== 'attribute' || !/^(?:shape|size|numel)$/.test(each.name)) return;
    if (scene.source(each.object) === scene.source(source)) counted = true;
  });
  return counted;
}

/** `g = torch.autograd.grad(y, x)[0]` and `(g,) = torch.autograd.grad(y, x)`. */
function isOneGradient(scene: FunctionScene, expr: Expr): boolean {
  if (expr.kind !== 'name') return false;
  const found = definitionOf(scene, expr.name, expr);
  if (found?.kind !== 'value') return false;
  const { value, positions } = found;
  const call = positions.length === 0 && value.kind === 'subscript' && value.index.length === 1 ? value.object : value;
  return (positions.length === 1 || call !== value) && torchCallOf(scene, call)?.name === 'autograd.grad';
}

/** Every name that the steps of a loop bind, its own variables among them. */
export function boundIn(loop: Loop): ReadonlySet<string> {
  const bound = new Set(namesIn(loop.target));
  walkStatements(loop.body, (each) =>
    targetsOf(each).forEach((target) => namesIn(target).forEach((n) => bound.add(n))),
  );
  walkLoop(loop, (each) => {
    if (each.kind === 'walrus') bound.add(each.name);
  });
  return bound;
}

/** The names that hold something that follows from what `begins`, or from `seeds`, in the same step. */
export function derivedNames(
  loop: Loop,
  seeds: Iterable<string>,
  begins: (each: Expr) => boolean = () => false,
): ReadonlySet<string> {
  const names = new Set(seeds);
  // What a later statement binds, an earlier one may read in the next step.
  for (let size = -1; size !== names.size;) {
    size = names.size;
    walkStatements(loop.body, (each) => {
      const sources = each.kind === 'for' ? [each.iterable] : expressionsOf(each);
      if (!sources.some((source) => followsFrom(source, names, begins))) return;
      for (const target of targetsOf(each)) namesIn(target).forEach((name) => names.add(name));
    });
  }
  return names;
}

export function followsFrom(
  expr: Expr,
  names: ReadonlySet<string>,
  begins: (each: Expr) => boolean = () => false,
): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if ((each.kind === 'name' && names.has(each.name)) || begins(each)) found = true;
  });
  return found;
}

function targetsOf(statement: Stmt): readonly Expr[] {
  switch (statement.kind) {
    case 'assign':
      return statement.value ? statement.targets : [];
    case 'augment':
    case 'for':
      return [statement.target];
    case 'with':
      return statement.items.flatMap(({ target }) => (target ? [target] : []));
    default:
      return [];
  }
}

/** Whether another loop stands around a place inside of this one. */
export function isInnermost(loop: Loop, loops: readonly Loop[], place: Span): boolean {
  return !loops.some(
    (each) =>
      each !== loop &&
      each.start >= loop.start &&
      each.end <= loop.end &&
      each.start <= place.start &&
      place.end <= each.end &&
      // What an inner loop runs over is evaluated once.
      !(each.iterable.start <= place.start && place.end <= each.iterable.end),
  );
}
