/** Numbers of dimensions in terms of those of parameters, while a function is evaluated. */
import type { AssignStmt, CompareExpr, Expr, Stmt } from '../../lower/ir';
import type { Snapshot } from '../frame';
import { mostlyRank, parameterRank } from '../ranks';
import type { Rank } from '../ranks';
import { openShape, rankTerm } from '../shapes';
import { join, NONE, optionsOf, tensor } from '../values';
import type { TensorValue, Value } from '../values';
import type { Evaluator } from './evaluator';

/** The rank of a value, should it be a tensor; undefined where nothing is known of it. */
export function rankOfValue(ev: Evaluator, value: Value): Rank | undefined {
  if (value.kind === 'tensor') return rankTerm(value.shape);
  if (value.kind === 'number' || value.kind === 'bool') return { base: null, plus: 0 };
  if (value.kind !== 'unknown') return undefined;
  if (value.rank) return value.rank;
  const label = value.parameter ?? value.like;
  if (label !== undefined) return parameterRank(rankId(ev.owner, label));
  // A variable is another value at each step of a loop.
  return value.path?.id.includes('@') === true && ev.loops.length === 0
    ? parameterRank(`${value.path.id}^`)
    : undefined;
}

/** Names the rank of a function's parameter. @param owner key of the function */
export function rankId(owner: string, parameter: string): string {
  return `${owner}:${parameter}^`;
}

/** A tensor of unknown shape whose rank has a name at least. */
export function withRank(value: TensorValue, rank: Rank | undefined): TensorValue {
  const { open, dims, rank: own } = value.shape;
  return open && !own && rank ? { ...value, shape: openShape(rank, dims) } : value;
}

/**
 * What a test tells where an optional argument is left out: `mask is None` is passed then. Undefined for tests of
 * something else.
 */
export function comparedToNone(ev: Evaluator, test: CompareExpr): boolean | undefined {
  const [subject, other, more] = test.operands;
  const [operator] = test.operators;
  if (subject?.kind !== 'name' || other?.kind !== 'constant' || other.value !== 'None' || more) return undefined;
  const value = ev.frame.get(subject.name);
  const isArgument = optionsOf(value ?? NONE).some(
    (each) =>
      ((each.kind === 'unknown' || each.kind === 'tensor') && each.parameter === subject.name) ||
      (each.kind === 'instance' && each.path !== undefined),
  );
  return isArgument ? operator === 'is' : undefined;
}

/** `mask is not None and ...`: without a mask the rest is not asked. */
export function bothWithout(left: Value, right: Value): boolean | undefined {
  const [a, b] = [left, right].map((each) => (each.kind === 'bool' ? each.without : undefined));
  return a === false || b === false ? false : a === true && b === true ? true : undefined;
}

/** One of two values, of which the first is there where optional arguments are left out. */
export function joinRanks(ev: Evaluator, without: Value, other: Value, site: string): Value {
  const joined = join(without, other);
  return joined.kind === 'tensor' ? withMainRank(ev, joined, without, other, site) : joined;
}

function withMainRank(
  ev: Evaluator,
  joined: TensorValue,
  without: Value,
  other: Value | undefined,
  id: string,
): TensorValue {
  const main = rankOfValue(ev, without);
  if (!main || !joined.shape.open || joined.shape.rank) return joined;
  const least = without.kind === 'tensor' ? without.shape.dims.length : 0;
  return withRank(joined, mostlyRank(main, least, other && rankOfValue(ev, other), id));
}

/** After such an `if`: variables that the other way has changed have, as a rule, the rank that they had before. */
export function keepRanks(
  ev: Evaluator,
  without: Snapshot,
  changed: Snapshot,
  body: readonly Stmt[],
  site: string,
): void {
  if (without.ended || changed.ended) return;
  for (const [name, value] of without.variables) {
    const now = ev.frame.get(name);
    if (value.kind !== 'tensor' || now === value || now?.kind !== 'tensor') continue;
    const other = changed.variables.get(name);
    const ranked =
      other?.kind === 'unknown' && body.some((each) => isTaken(each, name))
        ? { ...now, shape: openShape(rankTerm(value.shape), now.shape.dims, value.shape.dims.length) }
        : withMainRank(ev, now, value, other, `${site}~${name}`);
    if (ranked !== now) ev.frame.set(name, ranked);
  }
}

/**
 * `keys = cache.layers[i].keys`: nothing is computed, and what follows takes the one like the other. What an optional
 * argument holds in the place of a value is of its rank.
 */
function isTaken(statement: Stmt, name: string): boolean {
  if (statement.kind !== 'assign' || statement.value?.kind !== 'attribute') return false;
  let source: Expr = statement.value;
  while (source.kind === 'attribute' || source.kind === 'subscript') source = source.object;
  if (source.kind !== 'name' || source.name === name) return false;
  return statement.targets.some((each) => each.kind === 'name' && each.name === name);
}

/** The variables of `keys, values = cache.update(keys, values, ...)`: it gives back what it is given, with more of it. */
export function updatedNames({ targets, value }: AssignStmt): readonly string[] {
  if (value?.kind !== 'call' || value.callee.kind !== 'attribute' || value.callee.name !== 'update') return [];
  const [only, other] = targets;
  if (only?.kind !== 'tuple' || other || only.items.length < 2) return [];
  const passed = value.args.map((each) => (each.name === null && each.value.kind === 'name' ? each.value.name : null));
  const names = only.items.map((each) => (each.kind === 'name' ? each.name : ''));
  return names.every((name, at) => passed[at] === name) ? names : [];
}

/** @param before the values of the names before they were updated */
export function keepUpdatedRanks(ev: Evaluator, names: readonly string[], before: readonly (Value | null)[]): void {
  names.forEach((name, at) => {
    const [old, now] = [before[at], ev.frame.get(name)];
    const rank = old?.kind === 'tensor' ? rankTerm(old.shape) : undefined;
    if (old?.kind !== 'tensor' || !rank || !now) return;
    if (now.kind === 'unknown') ev.frame.set(name, tensor(old.framework, openShape(rank, [], old.shape.dims.length)));
    else if (now.kind === 'tensor') ev.frame.set(name, withRank(now, rank));
  });
}
