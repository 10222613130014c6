/** Iterating over values and unpacking them into targets. */
import type { Expr, NameExpr } from '../../lower/ir';
import { constant, symbol } from '../dims';
import type { Dim } from '../dims';
import { rankOf, shapeOf } from '../shapes';
import { joinAll, NUMBER, numeral, optionsOf, tensor, UNKNOWN } from '../values';
import type { Value } from '../values';
import type { Evaluator } from './evaluator';
import { parameterRank } from '../ranks';
import { rankOfValue, withRank } from './ranks';
import { putInto } from './containers';
import { named, shapeItem } from './names';
import { withField } from './recordClasses';

/** What each step of an iteration over a value gives. */
export function elementOf(value: Value): Value {
  switch (value.kind) {
    case 'tuple':
    case 'list':
    case 'container':
    case 'dict':
      return value.kind === 'dict' ? { kind: 'text', text: null } : value.element;
    case 'tensor': {
      const { open, dims } = value.shape;
      const shape = open ? { open, dims: dims.slice(1) } : shapeOf(dims.slice(1));
      return { ...tensor(value.framework, shape, value.dtype) };
    }
    case 'shape':
      return NUMBER;
    case 'union':
      return joinAll(value.options.map(elementOf));
    default:
      return UNKNOWN;
  }
}

/** Whether every item is seen by what stands for all: an unknown one among known ones is not. */
function even(items: readonly Value[]): boolean {
  const unknown = items.filter((each) => each.kind === 'unknown' || each.kind === 'qualified').length;
  return unknown === 0 || unknown === items.length;
}

/** How many steps an iteration over a value takes, or null. */
export function lengthOf(ev: Evaluator, value: Value): Dim | null {
  switch (value.kind) {
    case 'tuple':
    case 'list':
      return value.length ?? (value.items && even(value.items) ? constant(value.items.length) : null);
    case 'container':
      return value.items && even(value.items) ? constant(value.items.length) : null;
    case 'tensor':
      return rankOf(value.shape) === null ? null : (value.shape.dims[0] ?? null);
    case 'unknown':
      return value.parameter === undefined ? null : ev.size(shapeItem(ev, value, 0, `len(${value.parameter})`));
    default:
      return null;
  }
}

/** Assigns a value to a target: a name, an attribute of self, or several of them at once. */
export function bindTarget(ev: Evaluator, target: Expr, value: Value): void {
  switch (target.kind) {
    case 'name':
      ev.frame.set(target.name, ranked(ev, named(value, placeOf(ev, target), target.name), placeOf(ev, target)));
      return;
    case 'tuple':
    case 'list':
      unpack(ev, target.items, value);
      return;
    case 'starred':
      bindTarget(ev, target.value, { kind: 'list', items: null, element: elementOf(value) });
      return;
    case 'attribute': {
      const object = ev.evaluate(target.object);
      if (object.kind === 'instance' && object.record) ev.frame.refine(object, withField(object, target.name, value));
      else if (object.kind === 'instance')
        ev.frame.setAttribute(target.name, named(value, `${object.key}.${target.name}`, `self.${target.name}`));
      return;
    }
    case 'subscript': {
      const object = ev.evaluate(target.object);
      target.index.forEach((each) => ev.evaluate(each));
      if (object.kind === 'container') putInto(ev, object, target.object, value);
      return;
    }
    default:
  }
}

function placeOf(ev: Evaluator, { name, start }: NameExpr): string {
  return `${ev.owner}:${name}@${start}`;
}

/** A value of unknown rank has one by the name of its variable: what comes later may show which one that is. */
function ranked(ev: Evaluator, value: Value, id: string): Value {
  // At each step of a loop it is another one.
  if (ev.loops.length > 0 || ev.closureDepth > 0) return value;
  const isNew =
    value.kind === 'unknown' &&
    value.parameter === undefined &&
    value.like === undefined &&
    value.candidate === undefined;
  if (isNew && !value.rank) return { ...value, rank: parameterRank(`${id}^`) };
  if (value.kind !== 'tensor' || value.weight === true || value.parameter !== undefined) return value;
  return withRank(value, parameterRank(`${id}^`));
}

function unpack(ev: Evaluator, targets: readonly Expr[], value: Value): void {
  const star = targets.findIndex((each) => each.kind === 'starred');
  if (value.kind === 'shape') {
    unpackShape(ev, targets, value, star);
    return;
  }
  const sequences = optionsOf(value).flatMap((each) => (each.kind === 'tuple' || each.kind === 'list' ? [each] : []));
  // One of another length would raise here.
  const options = sequences.filter((each) => star >= 0 || !each.items || each.items.length === targets.length);
  if (star < 0) learnLengths(ev, value, targets.length);
  const items = options.length > 0 ? options : null;
  targets.forEach((target, at) => {
    if (!items) {
      bindTarget(ev, target, value.kind === 'container' ? (value.items?.[at] ?? value.element) : elementOf(value));
      return;
    }
    const position = star >= 0 && at > star ? at - targets.length : at;
    bindTarget(
      ev,
      target,
      at === star ? value : joinAll(items.map((each) => each.items?.at(position) ?? each.element)),
    );
  });
}

/** `B, T = x.shape[:-1]`: so many sizes are unpacked. Of several values, each is as long when it is the one. */
function learnLengths(ev: Evaluator, value: Value, length: number): void {
  for (const each of optionsOf(value)) {
    if (each.kind === 'shape') ev.noteRank(rankOfValue(ev, each.tensor), length);
    else if ((each.kind === 'tuple' || each.kind === 'list') && each.lead)
      ev.noteRank(each.lead.count, length - each.lead.tail.length);
  }
}

/** `B, T, C = x.shape` names the sizes of `x`, and shows how many there are. */
function unpackShape(
  ev: Evaluator,
  targets: readonly Expr[],
  value: Extract<Value, { kind: 'shape' }>,
  star: number,
): void {
  const source = value.tensor;
  const known = source.kind === 'tensor' && !source.shape.open ? source.shape.dims : null;
  const dims = targets.map((target, at): Dim | null => {
    if (at === star) return null;
    const position = star >= 0 && at > star ? at - targets.length : at;
    const size =
      known?.at(position) ??
      (source.kind === 'tensor' && position < 0 ? (source.shape.dims.at(position) ?? null) : null);
    if (size) return size;
    return target.kind === 'name' && target.name !== '_'
      ? symbol(`${ev.owner}:${target.name}@${target.start}`, target.name)
      : null;
  });
  const count = targets.length;
  const fromEnd = source.kind === 'tensor' && source.shape.open ? source.shape.dims : [];
  const merged = dims.map((dim, at) => fromEnd.at(at - count) ?? dim);
  targets.forEach((target, at) => {
    if (at === star) bindTarget(ev, target, { kind: 'list', items: null, element: NUMBER });
    else bindTarget(ev, target, numeral(merged[at] ?? null));
  });
  if (
    star < 0 &&
    (known === null || known.some((each) => each === null)) &&
    (known === null || known.length === count)
  ) {
    const [first] = targets;
    const last = targets.at(-1);
    ev.learnShape(source, shapeOf(merged), { start: first?.start ?? 0, end: last?.end ?? 0 });
  }
}
