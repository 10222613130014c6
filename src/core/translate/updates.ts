/** Writes into tensors: in JAX they give a new array, which takes the variable's name. */
import type { AugmentStmt, CallExpr, Expr, SubscriptExpr } from '../lower/ir';
import { applyOp, withArguments } from './calls';
import { intoPlace, keepsDtype } from './inPlace';
import { present, tensorKnown } from './known';
import type { Term } from './known';
import { attribute, call, name as nameOf, subscript } from './python';
import type { Py, PyStatement } from './python';
import { indexParts } from './subscripts';
import { methodNamed } from './table';
import type { Translator } from './translator';

const NOTHING: PyStatement = { kind: 'pass' };

/** `x[index] = value` */
export function assignSubscript(t: Translator, target: SubscriptExpr, value: Expr): PyStatement {
  const term = t.expr(value);
  if (term.known.kind === 'refused') return NOTHING;
  const kind =
    target.object.kind === 'name'
      ? present(t.variables.get(target.object.name)?.known ?? { kind: 'unknown' }).kind
      : null;
  if (kind === 'sequence' || kind === 'dict') {
    t.share(term.known);
    const index = target.index.map((each) => t.expr(each).code);
    return { kind: 'assign', targets: [subscript(t.expr(target.object).code, ...index)], value: term.code };
  }
  const place = placeOf(t, target);
  return place ? update(place, 'set', term.code) : NOTHING;
}

const AUGMENTED: Readonly<Record<string, string>> = { '+': 'add', '*': 'multiply', '/': 'divide', '**': 'power' };

/** `x[index] += value` */
export function augmentSubscript(
  t: Translator,
  target: SubscriptExpr,
  operator: string,
  value: Expr,
  statement: AugmentStmt,
): PyStatement {
  const place = placeOf(t, target);
  const term = t.expr(value);
  if (!place || term.known.kind === 'refused') return NOTHING;
  const name = AUGMENTED[operator];
  if (operator === '-') return update(place, 'add', { kind: 'unary', operator: '-', operand: term.code });
  if (name === undefined) {
    t.refuse(statement, `\`${operator}=\` into a part of a tensor is not translated`);
    return NOTHING;
  }
  return update(place, name, term.code);
}

interface Place {
  readonly name: string;
  readonly index: readonly Py[];
}

function update({ name, index }: Place, operation: string, value: Py): PyStatement {
  const at = subscript(attribute(nameOf(name), 'at'), ...index);
  return { kind: 'assign', targets: [nameOf(name)], value: call(attribute(at, operation), [value]) };
}

/** The part of a local tensor that is written to; null where it was refused. */
function placeOf(t: Translator, target: SubscriptExpr): Place | null {
  const { object } = target;
  if (object.kind !== 'name') {
    t.refuse(
      target,
      `\`${t.source(object)}\` is written to, and what else sees its memory is not known`,
      'write into a local variable',
    );
    return null;
  }
  const known = present(t.expr(object).known);
  if (known.kind === 'refused') return null;
  if (known.kind !== 'tensor' || !t.owns(object.name)) {
    t.refuse(
      target,
      `\`${object.name}\` is written to, and its memory may be that of an argument, a weight or another variable`,
      `begin with \`${object.name} = ${object.name}.clone()\``,
    );
    return null;
  }
  const index = target.index.map((each) => t.expr(each));
  if (index.some((each) => each.known.kind === 'refused')) return null;
  const parts = indexParts(t, target, index);
  if (!parts) return null;
  t.bind(object.name, { ...known, roots: [] });
  return { name: object.name, index: parts.code };
}

/** `x.mul_(y)` as a statement: the variable takes the new value. Null where the call is no such. */
export function inPlaceCall(t: Translator, expr: CallExpr): PyStatement | null {
  const { callee } = expr;
  if (callee.kind !== 'attribute' || !/[a-z]_$/.test(callee.name) || callee.name.endsWith('__')) return null;
  const { object } = callee;
  if (object.kind !== 'name') return null;
  const known = present(t.expr(object).known);
  if (known.kind !== 'tensor' && known.kind !== 'unknown') return null;
  const name = callee.name.slice(0, -1);
  const op = methodNamed(name);
  const written = ['copy', 'zero', 'fill'].includes(name);
  if (!op && !written) return null;
  if (!t.owns(object.name)) {
    t.refuse(
      expr,
      `\`.${callee.name}\` changes \`${object.name}\` in place, and its memory may be that of an argument, a weight or another variable`,
      `write \`${object.name} = ${object.name}.${name}(...)\``,
    );
    return NOTHING;
  }
  const self: Term = { code: nameOf(object.name), known: known.kind === 'tensor' ? known : tensorKnown() };
  const result = withArguments(t, expr, (args) => {
    const operands = [...args.positional, ...args.keywords.values()];
    const cast = (made: Term): Term =>
      operands.every((each) => keepsDtype(self.known, each.known)) ? made : intoPlace(self, made);
    if (op) return cast(applyOp(t, expr, op, `.${callee.name}`, { ...args, positional: [self, ...args.positional] }));
    const value = args.positional[0]?.code ?? { kind: 'literal' as const, text: '0' };
    if (name === 'copy')
      return cast({ code: call('jnp.broadcast_to', [value, attribute(self.code, 'shape')]), known: self.known });
    return { code: call('jnp.full_like', [self.code, value]), known: self.known };
  });
  if (result.known.kind === 'refused') return NOTHING;
  t.bind(object.name, result.known.kind === 'tensor' ? { ...result.known, roots: [] } : result.known);
  return { kind: 'assign', targets: [nameOf(object.name)], value: result.code };
}
