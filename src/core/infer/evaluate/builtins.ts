/** Python's builtin functions, as far as they say something of sizes and iteration. */
import type { CallExpr } from '../../lower/ir';
import { compute, constant, numberOf, subtract, symbol } from '../dims';
import type { Dim } from '../dims';
import { BOOL, listOf, NUMBER, numeral, rankNumber, sequence, UNKNOWN, withoutNone } from '../values';
import type { Value } from '../values';
import { callValue } from './calls';
import type { Arguments } from './calls';
import type { Evaluator } from './evaluator';
import { elementOf, lengthOf } from './iteration';
import { evaluateAttribute } from './names';
import { rankOfValue } from './ranks';

export function callBuiltin(ev: Evaluator, name: string, args: Arguments, expr: CallExpr): Value {
  const values = args.positional.map((each) => each.value);
  const [first = UNKNOWN, second] = values;
  switch (name) {
    case 'int':
    case 'round': {
      const size = ev.size(first);
      return size ? numeral(compute('int', [size])) : NUMBER;
    }
    case 'float':
      return numeral(ev.size(first));
    case 'len':
      if (first.kind === 'shape') return rankNumber(rankOfValue(ev, first.tensor));
      return numeral(lengthOf(ev, first));
    case 'range':
      return range(ev, values, expr);
    case 'enumerate':
      return { ...listOf(sequence('tuple', [NUMBER, elementOf(first)])), ...lengthField(lengthOf(ev, first)) };
    case 'zip':
      return {
        ...listOf(sequence('tuple', values.map(elementOf))),
        ...lengthField(values.map((each) => lengthOf(ev, each)).find((each) => each !== null) ?? null),
      };
    case 'reversed':
    case 'sorted':
    case 'iter':
      return listOf(elementOf(first));
    case 'next':
      return elementOf(first);
    case 'list':
    case 'tuple':
      if (first.kind === 'tuple' || first.kind === 'list') return { ...first, kind: name };
      if (first.kind === 'shape') return first;
      return { ...listOf(elementOf(first)), kind: name, ...lengthField(lengthOf(ev, first)) };
    case 'filter':
      // Filters are mostly there to leave None out.
      return listOf(withoutNone(second ? elementOf(second) : UNKNOWN));
    case 'map':
      return second ? mapped(ev, first, second, expr) : listOf(UNKNOWN);
    case 'max':
    case 'min': {
      const sizes = values.map((each) => ev.size(each));
      return values.length > 1 && sizes.every((each) => each !== null) ? numeral(compute(name, sizes)) : NUMBER;
    }
    case 'sum':
      return first.kind === 'list' || first.kind === 'tuple' ? first.element : UNKNOWN;
    case 'abs':
      return first.kind === 'tensor' ? first : NUMBER;
    case 'isinstance':
    case 'hasattr':
    case 'callable':
    case 'any':
    case 'all':
    case 'bool':
      return BOOL;
    case 'str':
    case 'repr':
      return { kind: 'text', text: null };
    case 'getattr':
      if (second?.kind === 'text' && second.text !== null)
        return evaluateAttribute(ev, first, { name: second.text, start: expr.start, end: expr.end });
      return UNKNOWN;
    case 'setattr': {
      const value = values[2];
      if (first.kind === 'instance' && second?.kind === 'text' && second.text !== null && value)
        ev.frame.setAttribute(second.text, value);
      return UNKNOWN;
    }
    default:
      return UNKNOWN;
  }
}

/** So many items are each mapped by themselves. */
const MOST_MAPPED = 8;

function mapped(ev: Evaluator, by: Value, over: Value, expr: CallExpr): Value {
  const one = (value: Value): Value => callValue(ev, by, { positional: [{ expr, value }], keywords: new Map() }, expr);
  const items = over.kind === 'tuple' || over.kind === 'list' ? over.items : null;
  return items && items.length > 0 && items.length <= MOST_MAPPED
    ? sequence('list', items.map(one))
    : listOf(one(elementOf(over)));
}

function lengthField(length: Dim | null): { length?: Dim } {
  return length ? { length } : {};
}

/** The numbers of a range; its element is a symbol of its own, since it is another number on each step. */
function range(ev: Evaluator, values: readonly Value[], expr: CallExpr): Value {
  const [a, b] = values.map((each) => ev.size(each));
  const length = values.length === 1 ? (a ?? null) : values.length === 2 && a && b ? subtract(b, a) : null;
  const positive = length && (numberOf(length) ?? 1) >= 0 ? length : constant(0);
  const element = numeral(symbol(`${ev.owner}:range@${expr.start}`, 'i'));
  return length ? listOf(element, positive) : listOf(element);
}
