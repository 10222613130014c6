/** What each step of a stacked map takes from which tensor, and whether the steps cover that tensor. */
import { sameSize, sizeAt } from '../infer/shapes';
import { numberOf } from '../infer/dims';
import type { Dim } from '../infer/dims';
import type { TensorValue } from '../infer/values';
import { mentions, walkExpr } from '../lower/walk';
import type { Expr } from '../lower/ir';
import type { FunctionScene } from './scene';
import { integerLiteral } from './literals';
import { sliceDimension } from './stackedMap';
import type { StackedMap } from './stackedMap';

/** An expression of a step that is one slice of a tensor. */
export interface Slice {
  readonly expr: Expr;
  readonly source: Expr;
  readonly dim: number;
  /** What the tensor is known to be; null where only its use shows that it is one. */
  readonly tensor: TensorValue | null;
  /** Whether the steps are certain to run over the whole dimension, or may not. */
  readonly covered: boolean;
}

interface Item {
  readonly variable: string;
  readonly source: Expr;
  readonly dim: number;
}

interface Steps {
  /** The variable that counts the steps, and how many there are. */
  readonly counter: { readonly variable: string; readonly count: Expr } | null;
  readonly items: readonly Item[];
}

/**
 * The slices in a step's expression, in the order of the text; null where a loop variable is used in any
 * other way, or a source may be no tensor or too short.
 */
export function slicesOf(scene: FunctionScene, map: StackedMap): readonly Slice[] | null {
  const steps = stepsOf(scene, map.target, map.iterable);
  if (!steps || (map.into && mentions(map.element, nameOf(map.into)))) return null;
  const found: Slice[] = [];
  const taken = new Set<Expr>();
  let other = false;
  walkExpr(map.element, (each) => {
    if (taken.has(each)) return;
    if (each.kind === 'subscript' && steps.counter) {
      const dim = sliceDimension(each.index, steps.counter.variable);
      if (dim !== null && !mentions(each.object, steps.counter.variable)) {
        each.index.forEach((part) => taken.add(part));
        const slice = indexed(scene, each, each.object, dim, steps.counter.count);
        if (slice) found.push(slice);
        else other = true;
        return;
      }
    }
    if (each.kind !== 'name') return;
    const item = steps.items.find(({ variable }) => variable === each.name);
    if (item) {
      const tensor = scene.tensorOf(item.source);
      if (unequal(scene, steps)) other = true;
      // Of a list of tensors each may have another shape.
      if (tensor)
        found.push({ expr: each, source: item.source, dim: item.dim, tensor, covered: itemsCovered(scene, steps) });
      else other = true;
    } else if (each.name === steps.counter?.variable) other = true;
  });
  if (other || found.some((each) => map.into && mentions(each.source, nameOf(map.into)))) return null;
  return found;
}

function nameOf(expr: Expr): string {
  return expr.kind === 'name' ? expr.name : '';
}

function stepsOf(scene: FunctionScene, target: Expr, iterable: Expr): Steps | null {
  const called = iterable.kind === 'call' ? scene.qualifiedName(iterable.callee) : null;
  const args = iterable.kind === 'call' ? iterable.args : [];
  const [first, second] = args;
  if (called === 'builtins.range') {
    // `range(0, n)` is `range(n)`.
    const count =
      args.length === 1 ? first : args.length === 2 && first && integerLiteral(first.value) === 0 ? second : null;
    return target.kind === 'name' && count?.name === null
      ? { counter: { variable: target.name, count: count.value }, items: [] }
      : null;
  }
  if (called === 'builtins.zip' && target.kind === 'tuple' && target.items.length === args.length) {
    const items = target.items.map((each, at) => itemOf(each, args[at]?.name === null ? args[at].value : null));
    const names = new Set(items.map((each) => each?.variable));
    return items.every((each) => each !== null) && names.size === items.length ? { counter: null, items } : null;
  }
  if (called === 'builtins.enumerate' && target.kind === 'tuple' && first?.name === null && !second) {
    const [index, value] = target.items;
    const item = value ? itemOf(value, first.value) : null;
    if (index?.kind !== 'name' || !item) return null;
    return { counter: { variable: index.name, count: lengthCall(first.value) }, items: [item] };
  }
  const item = itemOf(target, iterable);
  return item ? { counter: null, items: [item] } : null;
}

/** `enumerate(xs)` counts `len(xs)` steps. */
function lengthCall(value: Expr): Expr {
  const { start, end } = value;
  return {
    kind: 'call',
    callee: { kind: 'name', name: 'len', start, end },
    args: [{ name: null, value }],
    start,
    end,
  };
}

function itemOf(target: Expr, iterable: Expr | null): Item | null {
  if (target.kind !== 'name' || !iterable) return null;
  if (iterable.kind === 'call' && iterable.callee.kind === 'attribute' && iterable.callee.name === 'unbind') {
    const [dim, more] = iterable.args;
    const at = dim ? integerLiteral(dim.value) : 0;
    return more || at === null || at < 0 ? null : { variable: target.name, source: iterable.callee.object, dim: at };
  }
  return { variable: target.name, source: iterable, dim: 0 };
}

function indexed(scene: FunctionScene, expr: Expr, source: Expr, dim: number, count: Expr): Slice | null {
  const tensor = scene.tensorOf(source);
  const said = countsDimension(scene, count, source, dim);
  if (said) return { expr, source, dim, tensor, covered: true };
  // Lists have no shape: without a word of it nothing shows that this is a tensor.
  if (!tensor) return null;
  const size = sizeAt(tensor.shape, dim);
  const steps = sizeOf(scene, count);
  if (size && steps) {
    if (sameSize(size, steps)) return { expr, source, dim, tensor, covered: true };
    if (numberOf(size) !== null && numberOf(steps) !== null) return null;
  }
  return { expr, source, dim, tensor, covered: false };
}

function sizeOf(scene: FunctionScene, expr: Expr): Dim | null {
  if (expr.kind === 'call' && expr.callee.kind === 'name' && expr.callee.name === 'len') {
    const [argument] = expr.args;
    const tensor = argument ? scene.tensorOf(argument.value) : null;
    return tensor ? sizeAt(tensor.shape, 0) : null;
  }
  const value = scene.valueOf(expr);
  return value.kind === 'number' ? value.dim : value.kind === 'unknown' ? (value.dim ?? null) : null;
}

/** `x.shape[0]`, `x.size(0)` and, for a value that is known to be a tensor, `len(x)`. */
function countsDimension(scene: FunctionScene, count: Expr, source: Expr, dim: number): boolean {
  const same = (each: Expr): boolean => scene.source(each) === scene.source(source);
  if (count.kind === 'subscript' && count.object.kind === 'attribute' && count.object.name === 'shape') {
    const [at, more] = count.index;
    return same(count.object.object) && !more && at !== undefined && integerLiteral(at) === dim;
  }
  if (count.kind !== 'call') return false;
  const [argument, more] = count.args;
  if (!argument || more) return false;
  if (count.callee.kind === 'attribute' && count.callee.name === 'size') {
    return same(count.callee.object) && integerLiteral(argument.value) === dim;
  }
  const isLength = count.callee.kind === 'name' && count.callee.name === 'len';
  return isLength && dim === 0 && same(argument.value) && scene.tensorOf(source) !== null;
}

/** Items that are certain to end before others. */
function unequal(scene: FunctionScene, { items }: Steps): boolean {
  const sizes = items.map(({ source, dim }) => {
    const tensor = scene.tensorOf(source);
    const size = tensor ? sizeAt(tensor.shape, dim) : null;
    return size ? numberOf(size) : null;
  });
  const known = new Set(sizes.filter((each) => each !== null));
  return known.size > 1;
}

/** Items of a `zip` end with the shortest: they cover all of their tensors only where these have equal sizes. */
function itemsCovered(scene: FunctionScene, { items }: Steps): boolean {
  const sizes = items.map(({ source, dim }) => {
    const tensor = scene.tensorOf(source);
    return tensor ? sizeAt(tensor.shape, dim) : null;
  });
  const [first] = sizes;
  return items.length === 1 || (first !== undefined && first !== null && sizes.every((each) => sameSize(first, each)));
}
