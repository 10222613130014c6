/** Indexing: of tensors, shapes, sequences and containers. */
import type { Expr, SubscriptExpr } from '../../lower/ir';
import { constant, numberOf } from '../dims';
import { rankPlus } from '../ranks';
import { openShape, rankOf, shapeOf, UNKNOWN_SHAPE } from '../shapes';
import type { Shape, Size } from '../shapes';
import { join, keyedItem, ledBy, NUMBER, numeral, optionsOf, sequence, tensor, UNKNOWN } from '../values';
import type { SequenceValue, TensorValue, Value } from '../values';
import type { Evaluator } from './evaluator';
import { shapeItem } from './names';
import { rankOfValue } from './ranks';

export function evaluateSubscript(ev: Evaluator, expr: SubscriptExpr): Value {
  const object = ev.evaluate(expr.object);
  const index = expr.index.map((each) => ({ expr: each, value: ev.evaluate(each) }));
  return optionsOf(object)
    .map((each) => subscript(ev, each, index, expr))
    .reduce(join);
}

interface Part {
  readonly expr: Expr;
  readonly value: Value;
}

function subscript(ev: Evaluator, object: Value, index: readonly Part[], expr: SubscriptExpr): Value {
  const [first] = index;
  switch (object.kind) {
    case 'tensor':
      return indexTensor(ev, object, index);
    case 'shape':
      return first ? indexShape(ev, object, first, expr) : UNKNOWN;
    case 'tuple':
    case 'list':
      return first ? indexSequence(ev, object, first) : UNKNOWN;
    case 'container': {
      if (first?.expr.kind === 'slice') return { ...object, items: null };
      if (first?.value.kind === 'text' && first.value.text !== null)
        return keyedItem(object, first.value.text) ?? object.element;
      const at = first ? integerOf(ev, first.value) : null;
      return (at === null ? null : object.items?.at(at)) ?? object.element;
    }
    case 'dict':
      return (
        (first?.value.kind === 'text' && first.value.text !== null ? object.entries?.get(first.value.text) : null) ??
        object.element
      );
    case 'unknown': {
      // `x[..., 1:]` and `x[:, 0]`: no list or dict takes that.
      if (
        ev.options.framework &&
        index.some((each) => isEllipsis(each.expr) || (index.length > 1 && each.expr.kind === 'slice'))
      )
        return indexTensor(ev, ev.see({ expr: expr.object, value: object }, ev.options.framework), index);
      const at = first ? integerOf(ev, first.value) : null;
      const key = at !== null ? String(at) : first?.value.kind === 'text' ? first.value.text : null;
      if (object.path && key !== null) {
        return { kind: 'unknown', path: { id: `${object.path.id}[${key}]`, name: `${object.path.name}[${key}]` } };
      }
      return UNKNOWN;
    }
    // `List[int]`, `Tensor["b c"]`
    default:
      return UNKNOWN;
  }
}

function integerOf(ev: Evaluator, value: Value): number | null {
  if (value.kind !== 'number') return null;
  const dim = ev.size(value);
  return dim ? numberOf(dim) : null;
}

function indexSequence(ev: Evaluator, object: SequenceValue, part: Part): Value {
  if (part.expr.kind === 'slice') {
    const { lower, upper, step } = part.expr;
    const from = lower ? literal(lower) : 0;
    const to = upper ? literal(upper) : undefined;
    if (object.items && from !== null && to !== null && !step)
      return sequence(object.kind, object.items.slice(from, to));
    return { kind: object.kind, items: null, element: object.element };
  }
  const at = integerOf(ev, part.value);
  return (at === null ? null : object.items?.at(at)) ?? object.element;
}

/** The value of an integer literal, with or without a sign. */
function literal(expr: Expr): number | null {
  if (expr.kind === 'number' && expr.integer) return expr.value;
  if (expr.kind === 'unary' && expr.operator === '-' && expr.operand.kind === 'number') return -expr.operand.value;
  return null;
}

function indexShape(ev: Evaluator, object: Extract<Value, { kind: 'shape' }>, part: Part, expr: SubscriptExpr): Value {
  const source = object.tensor;
  if (part.expr.kind === 'slice') {
    const known = source.kind === 'tensor' && !source.shape.open ? source.shape.dims : null;
    const from = part.expr.lower ? literal(part.expr.lower) : 0;
    const to = part.expr.upper ? literal(part.expr.upper) : undefined;
    if (known && from !== null && to !== null) return sequence('tuple', known.slice(from, to).map(numeral));
    const tail =
      source.kind === 'tensor' && from !== null && from < 0 && to === undefined ? source.shape.dims.slice(from) : null;
    if (tail?.length === -(from ?? 0)) return sequence('tuple', tail.map(numeral));
    const rank = rankOfValue(ev, source);
    if (rank && from !== null && from >= 0 && to !== null && (to ?? -1) < 0 && !part.expr.step)
      return ledBy(rankPlus(rank, (to ?? 0) - from), []);
    return { kind: 'tuple', items: null, element: NUMBER };
  }
  const at = integerOf(ev, part.value);
  return at === null ? NUMBER : shapeItem(ev, source, at, `${pathText(expr.object)}[${at}]`);
}

function pathText(expr: Expr): string {
  if (expr.kind === 'name') return expr.name;
  return expr.kind === 'attribute' ? `${pathText(expr.object)}.${expr.name}` : '…';
}

/** Basic indexing follows the dimensions one by one; an index that is a tensor leaves the shape unknown. */
function indexTensor(ev: Evaluator, object: TensorValue, index: readonly Part[]): Value {
  const { shape } = object;
  const result = (known: Shape): TensorValue => ({
    ...tensor(object.framework, known, object.dtype),
    ...(object.weight ? { weight: true as const } : {}),
  });
  const consumes = index.filter((each) => !isEllipsis(each.expr) && !isNewAxis(each)).length;
  const ellipsis = index.findIndex((each) => isEllipsis(each.expr));
  const fromFront = ellipsis < 0 ? index : index.slice(0, ellipsis);
  const fromBack = ellipsis < 0 ? [] : index.slice(ellipsis + 1);
  const rank = rankOf(shape);
  const more = index.filter(isNewAxis).length - indexed(index);
  const term = shape.rank && rankPlus(shape.rank, more);
  if (index.some((each) => !isEllipsis(each.expr) && kindOfPart(each) === 'advanced')) {
    return index.length === 1 && rank !== null && index[0] ? result(gathered(shape, index[0])) : result(UNKNOWN_SHAPE);
  }
  if (rank === null && fromFront.length > 0) {
    // Leading dimensions of an unknown number: what stands before the end is lost with them.
    return result(
      fromBack.length === 0 && fromFront.every((each) => kindOfPart(each) === 'new')
        ? openShape(term, shape.dims)
        : openShape(term),
    );
  }
  if (rank !== null && consumes > rank) return result(UNKNOWN_SHAPE);
  const front = walk(ev, shape.dims, fromFront, 0);
  const backCount = fromBack.filter((each) => kindOfPart(each) !== 'new').length;
  if (shape.open && backCount > shape.dims.length) return result(openShape(term));
  const back = walk(ev, shape.dims, fromBack, shape.dims.length - backCount);
  const middle = shape.dims.slice(front.next, shape.dims.length - backCount);
  const dims = [...front.dims, ...middle, ...back.dims];
  return result(shape.open ? openShape(term, dims) : shapeOf(dims));
}

/** How many dimensions a basic index leaves out. */
function indexed(index: readonly Part[]): number {
  return index.filter((each) => !isEllipsis(each.expr) && kindOfPart(each) === 'index').length;
}

function walk(
  ev: Evaluator,
  dims: readonly Size[],
  parts: readonly Part[],
  start: number,
): { dims: Size[]; next: number } {
  const found: Size[] = [];
  let next = start;
  for (const part of parts) {
    const kind = kindOfPart(part);
    if (kind === 'new') found.push(constant(1));
    else {
      if (kind === 'slice') found.push(slicedSize(ev, dims[next] ?? null, part.expr));
      next++;
    }
  }
  return { dims: found, next };
}

function isEllipsis(expr: Expr): boolean {
  return expr.kind === 'constant' && expr.value === '...';
}

function isNewAxis(part: Part): boolean {
  return part.value.kind === 'none' || (part.value.kind === 'qualified' && part.value.name.endsWith('.newaxis'));
}

function kindOfPart(part: Part): 'slice' | 'new' | 'index' | 'advanced' {
  if (part.expr.kind === 'slice') return 'slice';
  if (isNewAxis(part)) return 'new';
  switch (part.value.kind) {
    case 'number':
      return 'index';
    case 'unknown':
      // What has been computed with is a number; an argument, or what a call gave, may be a tensor of indices.
      return part.value.dim ? 'index' : 'advanced';
    default:
      return 'advanced';
  }
}

/** One tensor of indices replaces the first dimension by its own. */
function gathered(shape: Shape, part: Part): Shape {
  const { value } = part;
  if (value.kind !== 'tensor' || value.dtype === 'bool' || value.dtype === null) return UNKNOWN_SHAPE;
  return { open: value.shape.open, dims: [...value.shape.dims, ...shape.dims.slice(1)] };
}

/** A slice clamps to what there is: only of a known number of elements is the result certain. */
function slicedSize(ev: Evaluator, size: Size, expr: Expr): Size {
  if (expr.kind !== 'slice') return null;
  if (!expr.lower && !expr.upper && !expr.step) return size;
  const whole = size ? numberOf(size) : null;
  if (whole === null || expr.step) return null;
  const bound = (each: Expr | null, otherwise: number): number | null => {
    if (!each) return otherwise;
    const at = literal(each) ?? numericValue(ev, each);
    if (at === null) return null;
    return Math.min(whole, Math.max(0, at < 0 ? whole + at : at));
  };
  const from = bound(expr.lower, 0);
  const to = bound(expr.upper, whole);
  return from === null || to === null ? null : constant(Math.max(0, to - from));
}

/** A name that stands for a number; anything else has been evaluated once already. */
function numericValue(ev: Evaluator, expr: Expr): number | null {
  return expr.kind === 'name' ? integerOf(ev, ev.frame.get(expr.name) ?? UNKNOWN) : null;
}
