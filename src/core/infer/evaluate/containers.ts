/** Methods of lists, dictionaries, strings and module containers. */
import type { CallExpr, Expr } from '../../lower/ir';
import { join, listOf, sequence, UNKNOWN } from '../values';
import type { ContainerValue, SequenceValue, Value } from '../values';
import type { Arguments } from './calls';
import type { Evaluator } from './evaluator';
import { callContainer } from './sequential';

export function callContainerMethod(
  ev: Evaluator,
  object: Value,
  objectExpr: Expr,
  name: string,
  args: Arguments,
  expr: CallExpr,
): Value {
  const [first, second] = args.positional;
  switch (object.kind) {
    case 'tuple':
    case 'list':
      if (name === 'append' && first) replace(ev, object, objectExpr, appended(ev, object, first.value));
      else if (name === 'insert' && second) replace(ev, object, objectExpr, listOf(join(object.element, second.value)));
      else if (name === 'extend' && first)
        replace(ev, object, objectExpr, listOf(join(object.element, itemsOf(first.value))));
      else if (name === 'pop') return object.items?.at(-1) ?? object.element;
      else if (name === 'copy') return object;
      return UNKNOWN;
    case 'container':
      if (name === 'append' && first) replace(ev, object, objectExpr, grown(ev, object, first.value));
      else if ((name === 'add_module' || name === 'insert') && second)
        replace(ev, object, objectExpr, grown(ev, object, second.value));
      else if (name === 'extend' && first)
        replace(ev, object, objectExpr, {
          ...object,
          items: null,
          element: join(object.element, itemsOf(first.value)),
        });
      else if (name === 'forward') return callContainer(ev, object, args, expr);
      else if (name === 'values' || name === 'children') return listOf(object.element);
      else if (name === 'items' || name === 'named_children')
        return listOf(sequence('tuple', [{ kind: 'text', text: null }, object.element]));
      return /^(?:to|cuda|cpu|eval|train|append)$/.test(name) ? object : UNKNOWN;
    case 'dict':
      if (name === 'values') return listOf(object.element);
      if (name === 'items') return listOf(sequence('tuple', [{ kind: 'text', text: null }, object.element]));
      if (name === 'get' || name === 'pop' || name === 'setdefault') {
        const entry =
          first?.value.kind === 'text' && first.value.text !== null ? object.entries?.get(first.value.text) : null;
        return entry ?? object.element;
      }
      return UNKNOWN;
    case 'text':
      return { kind: 'text', text: null };
    default:
      return UNKNOWN;
  }
}

/** `modules[key] = item` */
export function putInto(ev: Evaluator, object: ContainerValue, objectExpr: Expr, item: Value): void {
  replace(ev, object, objectExpr, { ...grown(ev, object, item), items: null });
}

function itemsOf(value: Value): Value {
  return value.kind === 'tuple' || value.kind === 'list' || value.kind === 'container' ? value.element : UNKNOWN;
}

/** In a loop the number of items is no longer known. */
function appended(ev: Evaluator, list: SequenceValue, item: Value): Value {
  if (list.items && ev.loops.length === 0) return sequence('list', [...list.items, item]);
  const element = list.items?.length === 0 ? item : join(list.element, item);
  const [loop] = ev.loops.slice(-1);
  // One append for each step of one loop, to a list that was empty before it.
  const length = list.items?.length === 0 && ev.loops.length === 1 ? loop?.trips : (list.length ?? null);
  return listOf(element, length ?? undefined);
}

function grown(ev: Evaluator, container: ContainerValue, item: Value): ContainerValue {
  const first = container.items?.length === 0;
  const items = container.items && ev.loops.length === 0 ? [...container.items, item] : null;
  return { kind: 'container', type: container.type, items, element: first ? item : join(container.element, item) };
}

/** The object of a mutating method is from now on what the method made of it. */
function replace(ev: Evaluator, object: Value, expr: Expr, by: Value): void {
  if (expr.kind === 'name') ev.frame.set(expr.name, by);
  else if (expr.kind === 'attribute' && expr.object.kind === 'name') {
    const owner = ev.frame.get(expr.object.name);
    if (owner?.kind === 'instance') ev.frame.setAttribute(expr.name, by);
  } else ev.frame.refine(object, by);
}
