/** Calls of Python's own functions. */
import type { CallExpr } from '../lower/ir';
import { withArguments } from './calls';
import type { Arguments } from './calls';
import { elementOf } from './iteration';
import { BOOL, isScalar, isStatic, join, manyOf, NUMBER, present, sequenceKnown, TEXT, UNKNOWN } from './known';
import type { Known, Term } from './known';
import { call } from './python';
import type { Py } from './python';
import { absolute } from './table/pointwise';
import type { Translator } from './translator';

export function callBuiltin(t: Translator, expr: CallExpr, name: string): Term {
  if (name === 'super') return callSuper(t, expr);
  if (name === 'print')
    return t.refuse(
      expr,
      'printing happens while jax.jit traces, not when the program runs',
      'use jax.debug.print in the JAX program',
    );
  return withArguments(t, expr, (args) => applyBuiltin(t, expr, name, args));
}

function callSuper(t: Translator, expr: CallExpr): Term {
  const { self, place } = t;
  if (!self || place.owner === null) return t.refuse(expr, '`super()` outside a method');
  return { code: { kind: 'name', name: 'super' }, known: { kind: 'super', of: self, owner: place.owner } };
}

function applyBuiltin(t: Translator, expr: CallExpr, name: string, { positional, keywords }: Arguments): Term {
  const named: Record<string, Py> = {};
  for (const [key, { code }] of keywords) named[key] = code;
  const code = call(
    name,
    positional.map((each) => each.code),
    named,
  );
  const first = positional[0];
  const known = first ? present(first.known) : UNKNOWN;
  switch (name) {
    case 'len':
      if (first && known.kind === 'tensor') return { code, known: NUMBER };
      if (first && known.kind === 'module' && known.shape.kind === 'stack') return lengthOfStack(t, expr, first);
      return {
        code,
        known: { kind: 'number', value: known.kind === 'sequence' && known.items ? known.items.length : null },
      };
    case 'int':
    case 'float':
    case 'bool':
    case 'round':
      if (known.kind === 'tensor' || known.kind === 'unknown')
        return t.refuse(
          expr,
          `\`${name}()\` takes a value out of a tensor, which jax.jit cannot know while it traces`,
          'keep it a tensor',
        );
      if (name === 'bool') return { code, known: BOOL };
      return {
        code,
        known: {
          kind: 'number',
          value:
            known.kind === 'number' && known.value !== null && name !== 'float'
              ? Math.trunc(known.value)
              : known.kind === 'number'
                ? known.value
                : null,
        },
      };
    case 'range':
      if (positional.some((each) => !isStatic(present(each.known)))) {
        if (positional.some((each) => each.known.kind === 'tensor'))
          return t.refuse(expr, 'the number of rounds depends on a tensor');
        return t.refuse(
          expr,
          'whether the bounds of this range are Python integers is not known',
          'annotate the parameter as int',
        );
      }
      return { code, known: manyOf('list', NUMBER) };
    case 'enumerate':
      return { code, known: manyOf('list', sequenceKnown('tuple', [NUMBER, elementOf(known)])) };
    case 'zip':
      return {
        code,
        known: manyOf(
          'list',
          sequenceKnown(
            'tuple',
            positional.map((each) => elementOf(each.known)),
          ),
        ),
      };
    case 'reversed':
    case 'list':
    case 'tuple':
    case 'sorted': {
      if (!first)
        return {
          code: { kind: name === 'list' ? 'list' : 'tuple', items: [] },
          known: sequenceKnown(name === 'list' ? 'list' : 'tuple', []),
        };
      if (name === 'sorted' && !isScalar(elementOf(known))) return t.refuse(expr, 'sorting compares values of tensors');
      const form = name === 'tuple' ? 'tuple' : 'list';
      if (known.kind === 'sequence')
        return { code, known: { ...known, form, items: name === 'reversed' ? null : known.items } };
      return { code, known: manyOf(form, elementOf(known)) };
    }
    case 'sum':
    case 'max':
    case 'min': {
      const all = positional.length === 1 ? [elementOf(known)] : positional.map((each) => each.known);
      const [first, ...rest] = all;
      if (!first) return t.refuse(expr, `\`${name}\` of nothing fails in Python`);
      const joined = rest.reduce(join, first);
      if (name !== 'sum' && !isScalar(joined))
        return t.refuse(
          expr,
          `\`${name}\` of tensors compares their values in Python`,
          `use torch.${name}imum or torch.${name}`,
        );
      if (known.kind === 'tensor') return t.refuse(expr, '`sum` over a tensor adds its rows one by one', 'use .sum(0)');
      return {
        code,
        known: joined.kind === 'tensor' ? { ...joined, roots: [] } : joined.kind === 'number' ? NUMBER : joined,
      };
    }
    case 'abs':
      if (known.kind === 'tensor' || known.kind === 'unknown')
        return {
          code: absolute(t, first?.code ?? code, known.kind === 'tensor' ? known.elements : null),
          known: known.kind === 'tensor' ? { ...known, roots: [] } : known,
        };
      return { code, known: NUMBER };
    case 'pow':
    case 'divmod':
      return isScalar(known) ? { code, known: NUMBER } : t.refuse(expr, `\`${name}\` of tensors is not translated`);
    case 'isinstance':
      return isInstance(t, expr, positional, code);
    case 'str':
    case 'type':
      return isStatic(known) ? { code, known: TEXT } : t.refuse(expr, `\`${name}\` of a tensor is not translated`);
    case 'all':
    case 'any':
      return isScalar(elementOf(known))
        ? { code, known: BOOL }
        : t.refuse(expr, `\`${name}\` takes the truth of tensors`);
    case 'slice':
      return { code, known: { kind: 'slice' } };
    case 'ValueError':
    case 'RuntimeError':
    case 'TypeError':
    case 'NotImplementedError':
    case 'AssertionError':
    case 'KeyError':
    case 'IndexError':
    case 'Exception':
      return { code, known: TEXT };
    default:
      return t.refuse(expr, `\`${name}\` is not translated`);
  }
}

function lengthOfStack(t: Translator, expr: CallExpr, stack: Term): Term {
  if (stack.known.kind !== 'module' || !stack.known.params)
    return t.refuse(expr, 'the number of these modules is not known');
  return { code: call('len', [stack.known.params]), known: NUMBER };
}

/** What is known to be a tensor, or not to be one, decides; nothing else does. */
function isInstance(t: Translator, expr: CallExpr, positional: readonly Term[], code: Py): Term {
  const [value, type] = positional;
  if (!value || !type) return t.refuse(expr, '`isinstance` with other than two arguments');
  const known = present(value.known);
  if (type.known.kind === 'qualified' && type.known.name === 'torch.Tensor' && value.known.kind !== 'optional') {
    if (known.kind === 'tensor')
      return { code: { kind: 'literal', text: 'True' }, known: { kind: 'bool', value: true } };
    if (isStatic(known)) return { code: { kind: 'literal', text: 'False' }, known: { kind: 'bool', value: false } };
  }
  const builtin = (each: Known): boolean =>
    each.kind === 'qualified'
      ? each.name.startsWith('builtins.')
      : each.kind === 'sequence' && (each.items?.every(builtin) ?? false);
  if (builtin(type.known) && (isScalar(known) || known.kind === 'sequence')) return { code, known: BOOL };
  return t.refuse(expr, `what \`${t.source(expr)}\` gives is not known`, 'annotate the parameter');
}
