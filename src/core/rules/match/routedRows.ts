/** Rows of a tensor that a loop gives to one expert after the other, and where what the experts return goes. */
import { namesIn } from '../../infer/evaluate/expressions';
import type { Expr } from '../../lower/ir';
import { expressionsOf, mentions, walkExpr, walkStatements } from '../../lower/walk';
import { integerLiteral } from '../literals';
import type { FunctionScene } from '../scene';
import { listUse } from './listUse';
import { derivedNames, followsFrom, stepsOf } from './loops';
import type { Loop } from './loops';
import { meaningOf } from './meaning';
import { torchCallOf } from './torchCall';

export interface RoutedRows {
  /** Whether an expression holds the rows of this step, or what follows from them. */
  readonly holds: (expr: Expr) => boolean;
}

/** @param varying the names that differ from step to step */
export function routedRows(scene: FunctionScene, loop: Loop, varying: ReadonlySet<string>): readonly RoutedRows[] {
  return [lookedUp(loop, varying), partsOfSorted(scene, loop)].filter((each) => each !== null);
}

/** `rows, slots = torch.where(mask[i])`, `mask = chosen == i`, `x[chosen == i]` */
function lookedUp(loop: Loop, varying: ReadonlySet<string>): RoutedRows | null {
  // Experts of ranges of a value, as in an adaptive softmax, are of sizes of their own.
  if (comparesRanges(loop, varying)) return null;
  const names = rowNames(loop, varying);
  const isRow = (part: Expr): boolean => followsFrom(part, names) || (looksUp(part) && followsFrom(part, varying));
  const isGather = (each: Expr): boolean => {
    if (each.kind === 'subscript') return each.index.some(isRow) && !isTarget(loop, each);
    const { callee, args } = each.kind === 'call' ? each : { callee: null, args: [] };
    return callee?.kind === 'attribute' && callee.name === 'index_select' && args.some(({ value }) => isRow(value));
  };
  const holds = holdsFrom(loop, isGather);
  let collected = false;
  walkStatements(loop.body, (each) => {
    if (each.kind === 'assign' || each.kind === 'augment') {
      const targets = each.kind === 'assign' ? each.targets : [each.target];
      const stored = targets.some((target) => target.kind === 'subscript' && target.index.some(isRow));
      if (stored && each.value && holds(each.value)) collected = true;
    }
    for (const values of scattered(expressionsOf(each))) if (values.some(isRow) && values.some(holds)) collected = true;
  });
  return collected ? { holds } : null;
}

/** `x[start:end]` by the counts of each expert, and the parts of `x.split(counts)`. */
function partsOfSorted(scene: FunctionScene, loop: Loop): RoutedRows | null {
  const steps = stepsOf(scene, loop);
  if (!steps) return null;
  const { counter } = steps;
  const counts = derivedNames(
    loop,
    namesIn(loop.target).filter((name) => name !== counter),
    // `counts[i]`: a number that only the data tell.
    (each) => each.kind === 'subscript' && counter !== null && each.index.some((part) => mentions(part, counter)),
  );
  const isPart = (each: Expr): boolean => {
    if (each.kind === 'name') {
      const source = steps.items.get(each.name);
      return source !== undefined && isSplit(scene, source);
    }
    if (each.kind !== 'subscript' || isTarget(loop, each)) return false;
    const [first, second] = each.index;
    if (first?.kind === 'name' && first.name === counter && !second) return isSplit(scene, each.object);
    if (first?.kind !== 'slice' || !first.upper) return false;
    return [first.lower, first.upper].some((bound) => bound?.kind === 'name' && counts.has(bound.name));
  };
  const holds = holdsFrom(loop, isPart);
  let collected = false;
  walkStatements(loop.body, (each) => {
    if (each.kind === 'assign' && each.value && holds(each.value))
      collected ||= each.targets.some((target) => target.kind === 'subscript' && target.index[0]?.kind === 'slice');
    if (each.kind === 'expr' && each.value.kind === 'call' && each.value.callee.kind === 'attribute') {
      const { name, object } = each.value.callee;
      const isAppended =
        name === 'append' && object.kind === 'name' && each.value.args.some(({ value }) => holds(value));
      // Parts that stay apart are no experts' rows.
      collected ||= isAppended && listUse(scene, each.end, object.name) === 'joined';
    }
    if (scattered(expressionsOf(each)).some((values) => values.some(holds))) collected = true;
  });
  return collected ? { holds } : null;
}

function holdsFrom(loop: Loop, isGather: (each: Expr) => boolean): (expr: Expr) => boolean {
  const gathered = derivedNames(loop, [], isGather);
  return (expr) => followsFrom(expr, gathered, isGather);
}

function rowNames(loop: Loop, varying: ReadonlySet<string>): ReadonlySet<string> {
  const rows = new Set<string>();
  walkStatements(loop.body, (each) => {
    if (each.kind !== 'assign' || !each.value || !followsFrom(each.value, varying)) return;
    if (looksUp(each.value) || isRowsAgain(each.value, rows))
      each.targets.flatMap(namesIn).forEach((name) => rows.add(name));
  });
  return rows;
}

function comparesRanges(loop: Loop, varying: ReadonlySet<string>): boolean {
  let found = false;
  walkStatements(loop.body, (each) => {
    if (each.kind !== 'assign' || !each.value) return;
    walkExpr(each.value, (part) => {
      const isRange = part.kind === 'compare' && part.operators.some((operator) => /^[<>]/.test(operator));
      if (isRange && followsFrom(part, varying)) found = true;
    });
  });
  return found;
}

/** `rows.tolist()`, `rows.view(-1)`: the same rows in another form. */
function isRowsAgain(value: Expr, rows: ReadonlySet<string>): boolean {
  if (value.kind === 'tuple') return value.items.every((each) => isRowsAgain(each, rows));
  if (value.kind !== 'call' || value.callee.kind !== 'attribute') return false;
  const { object } = value.callee;
  return (object.kind === 'name' && rows.has(object.name)) || isRowsAgain(object, rows);
}

function looksUp(value: Expr): boolean {
  let found = false;
  walkExpr(value, (each) => {
    if (each.kind === 'compare') found ||= each.operators.length === 1 && each.operators[0] === '==';
    if (each.kind !== 'call' || each.callee.kind !== 'attribute') return;
    const { name } = each.callee;
    if (name === 'nonzero' || (name === 'where' && each.args.length === 1)) found = true;
  });
  return found;
}

/** A list of parts that may differ in length: `x.split(counts)` along the first dimension. */
function isSplit(scene: FunctionScene, source: Expr): boolean {
  const made = meaningOf(scene, source);
  if (made.kind !== 'call') return false;
  const call = torchCallOf(scene, made);
  const isMethod = call ? call.isMethod : made.callee.kind === 'attribute' && made.callee.name === 'split';
  if (call ? call.name !== 'split' : !isMethod) return false;
  const args = made.args.slice(call && !call.isMethod ? 1 : 0);
  const size = args.find(({ name }) => name === null || name.startsWith('split_size'))?.value;
  const dim = args.find(({ name }) => name === 'dim')?.value ?? args.filter(({ name }) => name === null)[1]?.value;
  return size !== undefined && integerLiteral(size) === null && (!dim || integerLiteral(dim) === 0);
}

const SCATTERS = /^(?:index_add|index_put|index_copy|scatter_add|scatter_reduce)_?$/;

/** What is given to each call that puts rows at their places. */
function scattered(parts: readonly Expr[]): readonly (readonly Expr[])[] {
  const found: (readonly Expr[])[] = [];
  for (const part of parts)
    walkExpr(part, (each) => {
      if (each.kind !== 'call' || each.callee.kind !== 'attribute' || !SCATTERS.test(each.callee.name)) return;
      found.push(each.args.map(({ value }) => value));
    });
  return found;
}

function isTarget(loop: Loop, expr: Expr): boolean {
  let found = false;
  walkStatements(loop.body, (each) => {
    if (each.kind === 'assign' && each.targets.includes(expr)) found = true;
    if (each.kind === 'augment' && each.target === expr) found = true;
  });
  return found;
}
