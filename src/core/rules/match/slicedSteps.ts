/**
 * Loops that compute the same of one slice after the other and put the results together, in however many statements:
 * one batched computation does all of it. Wider than the stacked maps, and without a word of how it would be written.
 */
import { namesIn } from '../../infer/evaluate/expressions';
import { numberOf } from '../../infer/dims';
import type { Operation } from '../../infer/operations';
import { sizeAt } from '../../infer/shapes';
import type { Expr } from '../../lower/ir';
import { mentions, walkExpr } from '../../lower/walk';
import { integerLiteral } from '../literals';
import { isPure } from '../purity';
import type { FunctionScene } from '../scene';
import { followingNames, independentSteps } from './independentSteps';
import type { IndependentSteps } from './independentSteps';
import { listUse } from './listUse';
import { boundIn, followsFrom, isTensor, loopsOf, steppedThrough, stepsOf } from './loops';
import type { Loop, Steps } from './loops';

export interface SlicedSteps {
  readonly loop: Loop;
  /** The tensors of which each step takes its slice. */
  readonly sources: readonly Expr[];
  readonly operations: readonly Operation[];
  /** Whether an expression holds a slice of the step, or what follows from one. */
  readonly isOfStep: (expr: Expr) => boolean;
}

/** Fewer steps are written out by a loop for the reader's sake. */
const FEW = 2;

export function slicedSteps(scene: FunctionScene): readonly SlicedSteps[] {
  // Most functions multiply in no loop.
  if (!scene.analysis.operations.some(isLooped)) return [];
  const starts = new Set(scene.analysis.operations.flatMap(({ loops }) => loops.slice(-1).map(({ start }) => start)));
  return loopsOf(scene).flatMap((loop) => (starts.has(loop.start) ? (stepsAsSlices(scene, loop) ?? []) : []));
}

function isLooped({ loops, framework }: Operation): boolean {
  return framework === 'torch' && loops.length > 0;
}

function stepsAsSlices(scene: FunctionScene, loop: Loop): SlicedSteps | null {
  const steps = stepsOf(scene, loop);
  if (!steps || isShort(loop)) return null;
  const body = loop.element ? ofComprehension(loop, loop.element) : independentSteps(loop);
  if (!body) return null;
  const values = [...body.locals.map(({ value }) => value), ...body.kept.map(({ value }) => value)];
  if (areUnequal(scene, steps) || body.kept.some(({ name }) => scene.index.isShared(name))) return null;
  const sources = sourcesOf(scene, loop, steps, values);
  if (!sources || !values.every((each) => isPure(scene, each, ALSO_PURE) && !choosesByData(each))) return null;
  const isSlice = (each: Expr): boolean => steppedThrough(each, steps.counter) !== null;
  const names = followingNames(body, steps.items.keys(), isSlice);
  const isOfStep = (expr: Expr): boolean => followsFrom(expr, names, isSlice);
  const operations = values.flatMap((each) => operationsIn(scene, each));
  const becomeOne = body.kept.every(({ way, name, target, value, end }) => {
    if (!isOfStep(value)) return false;
    if (way === 'stored') return target !== null && steppedThrough(target, steps.counter) !== null;
    const use = way === 'appended' ? listUse(scene, loop.element ? loop.start : end, loop.element ? null : name) : null;
    return use === 'stacked' || use === 'joined';
  });
  return becomeOne ? { loop, sources, operations, isOfStep } : null;
}

function ofComprehension(loop: Loop, value: Expr): IndependentSteps {
  return { kept: [{ way: 'appended', name: '', value, target: null, end: loop.end }], locals: [] };
}

/** What is zipped ends with the shortest. */
function areUnequal(scene: FunctionScene, { items }: Steps): boolean {
  const sizes = [...items.values()].flatMap((each) => {
    const tensor = scene.tensorOf(each);
    const size = tensor ? sizeAt(tensor.shape, 0) : null;
    return (size && numberOf(size)) ?? [];
  });
  return new Set(sizes).size > 1;
}

function isShort({ iterable }: Loop): boolean {
  const [count, more] = iterable.kind === 'call' ? iterable.args : [];
  const steps = count && !more ? integerLiteral(count.value) : null;
  return steps !== null && steps <= FEW;
}

/** What is sliced; null where a variable of the loop is used in any other way, or something may be no tensor. */
function sourcesOf(
  scene: FunctionScene,
  loop: Loop,
  { counter, items }: Steps,
  values: readonly Expr[],
): readonly Expr[] | null {
  const sources: Expr[] = [];
  const bound = boundIn(loop);
  const taken = new Set<Expr>();
  const variables = new Set(namesIn(loop.target));
  let other = false;
  for (const value of values)
    walkExpr(value, (each) => {
      const source = each.kind === 'subscript' ? steppedThrough(each, counter) : null;
      if (source && each.kind === 'subscript') {
        each.index.forEach((part) => walkExpr(part, (inner) => taken.add(inner)));
        // Lists are not indexed in several dimensions.
        if (followsFrom(source, bound) || (each.index.length === 1 && !isTensor(scene, source, loop))) other = true;
        else sources.push(source);
      } else if (each.kind === 'name' && variables.has(each.name) && !taken.has(each)) {
        const item = items.get(each.name);
        if (item && isTensor(scene, item, loop)) sources.push(item);
        else other = true;
      }
    });
  return other || sources.length === 0 ? null : sources;
}

/** Beside what the fixes of a loop may move: what `vmap` knows as well. */
export const ALSO_PURE =
  /^(?:to|type_as|half|double|bfloat16|clone|detach|solve|cholesky|cholesky_solve|chunk|squeeze|diagonal|cumsum|repeat|rsub|zeros_like|ones_like)$/;

/** `topk`, `nonzero` and their like are not in the list; a mask gives each step another shape. */
function choosesByData(expr: Expr): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'subscript' && each.index.some((part) => part.kind === 'compare')) found = true;
  });
  return found;
}

function operationsIn(scene: FunctionScene, expr: Expr): readonly Operation[] {
  const found: Operation[] = [];
  walkExpr(expr, (each) => {
    const operation = scene.operationOf(each);
    if (operation?.framework === 'torch') found.push(operation);
  });
  return found;
}

/** The names of what is sliced, each once, for messages. */
export function sourceNames(scene: FunctionScene, sources: readonly Expr[]): string {
  return [...new Set(sources.map((each) => `\`${scene.source(each)}\``))].join(' and ');
}

/** Whether the layer that is called is the same in each step. */
export function isSameCallee({ loop }: SlicedSteps, callee: Expr): boolean {
  return !namesIn(loop.target).some((name) => mentions(callee, name)) && !followsFrom(callee, boundIn(loop));
}
