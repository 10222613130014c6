/** Subscripts, as values and as targets. */
import type { SubscriptExpr } from '../lower/ir';
import { elementOf } from './iteration';
import { OUTSIDE, present, tensorKnown, UNKNOWN } from './known';
import type { Known, Term } from './known';
import { childOf } from './moduleParts';
import { numberOf } from './op';
import { call, subscript } from './python';
import type { Py } from './python';
import type { Translator } from './translator';

export function translateSubscript(t: Translator, expr: SubscriptExpr): Term {
  const object = t.expr(expr.object);
  const known = present(object.known);
  if (known.kind === 'refused') return object;
  const index = expr.index.map((each) => t.expr(each));
  const refused = index.find((each) => each.known.kind === 'refused');
  if (refused) return refused;
  const [only] = index;
  switch (known.kind) {
    case 'module':
      return only && index.length === 1
        ? subscriptModule(t, expr, known, only)
        : t.refuse(expr, 'this subscript of a module is not translated');
    case 'sequence': {
      if (!only || index.length > 1) return t.refuse(expr, 'this subscript is not translated');
      const code = subscript(object.code, only.code);
      if (only.known.kind === 'slice') return { code, known: { ...known, items: null } };
      const at = numberOf(only);
      if (known.items && at !== null) {
        const item = known.items.at(at);
        if (!item) return t.refuse(expr, `there is no item ${at}`);
        // A pair written where it is used needs only the item.
        const written = object.code.kind === 'tuple' || object.code.kind === 'list' ? object.code.items.at(at) : null;
        return { code: written ?? code, known: item };
      }
      return { code, known: elementOf(known) };
    }
    case 'dict': {
      const key = only?.known.kind === 'text' ? only.known.value : null;
      return {
        code: subscript(object.code, ...index.map((each) => each.code)),
        known: (key !== null ? known.entries?.get(key) : null) ?? known.element,
      };
    }
    case 'tensor':
      return subscriptTensor(t, expr, object, index, known.roots);
    case 'unknown': {
      if (only && index.length === 1 && (only.known.kind === 'number' || only.known.kind === 'text'))
        return { code: subscript(object.code, only.code), known: UNKNOWN };
      t.asTensor(expr.object, known);
      return subscriptTensor(t, expr, object, index, OUTSIDE);
    }
    case 'static':
      return { code: subscript(object.code, ...index.map((each) => each.code)), known: { kind: 'static' } };
    default:
      return t.refuse(expr, 'this subscript is not translated');
  }
}

function subscriptModule(t: Translator, expr: SubscriptExpr, known: Known & { kind: 'module' }, index: Term): Term {
  const { shape } = known;
  if (shape.kind === 'dict') {
    const key = index.known.kind === 'text' ? index.known.value : null;
    const found = key === null ? null : shape.entries.get(key);
    if (found?.kind !== 'module' || key === null)
      return t.refuse(expr, 'which module of this ModuleDict is meant is not known');
    const params: Py | null = known.params && { kind: 'entry', owner: known.params, key: index.code };
    return {
      code: params ?? index.code,
      known: { ...found, params, path: known.path && subscript(known.path, index.code) },
    };
  }
  if (shape.kind !== 'stack' || index.known.kind === 'slice')
    return t.refuse(expr, 'a part of a container of modules is not translated');
  const child = childOf(known, numberOf(index), index.code);
  if (!child) return t.refuse(expr, 'which module is meant is not known, and they differ');
  if (child.kind === 'module') return { code: child.params ?? index.code, known: child };
  if (known.params) t.usesParams = true;
  return { code: known.params ? { kind: 'entry', owner: known.params, key: index.code } : index.code, known: child };
}

function subscriptTensor(
  t: Translator,
  expr: SubscriptExpr,
  object: Term,
  index: readonly Term[],
  roots: readonly string[],
): Term {
  const parts = indexParts(t, expr, index);
  if (!parts) return { code: object.code, known: { kind: 'refused', reason: '' } };
  if (parts.dynamic) {
    // The number of chosen elements would be a matter of values.
    if (index.some((each) => each.known.kind === 'tensor' && each.known.elements === 'bool'))
      return t.refuse(
        expr,
        'a boolean mask chooses a number of elements that depends on values',
        'use torch.where or multiply by the mask',
      );
    if (index.some((each) => isTensorIndex(each) && elementsOf(each) === null))
      return t.refuse(
        expr,
        'whether this index is a mask, whose result has a shape that depends on values, is not known',
        'convert it with .long(), or annotate it as torch.LongTensor',
      );
  }
  const known = present(object.known);
  return {
    code: subscript(object.code, ...parts.code),
    known: tensorKnown({
      elements: known.kind === 'tensor' ? known.elements : null,
      roots: parts.dynamic ? [] : roots,
    }),
  };
}

const isTensorIndex = (each: Term): boolean => each.known.kind === 'tensor' || each.known.kind === 'unknown';
const elementsOf = (each: Term) => (each.known.kind === 'tensor' ? each.known.elements : null);

/** The parts of a tensor's index; null where they were refused. `dynamic`: some part is a tensor or list. */
export function indexParts(
  t: Translator,
  expr: SubscriptExpr,
  index: readonly Term[],
): { code: readonly Py[]; dynamic: boolean } | null {
  const advanced = index.map((each) => isTensorIndex(each) || each.known.kind === 'sequence');
  const dynamic = advanced.some(Boolean);
  if (dynamic) {
    const numbers = index.map((each, at) => advanced[at] === true || each.known.kind === 'number');
    const between = numbers.slice(numbers.indexOf(true), numbers.lastIndexOf(true) + 1);
    // NumPy and JAX move the chosen axes to the front when slices part integers from index arrays; PyTorch
    // applies the integers first.
    if (index.some((each) => each.known.kind === 'number') && between.includes(false)) {
      t.refuse(
        expr,
        'integers and index tensors parted by slices give another order of axes in JAX',
        'index in two steps',
      );
      return null;
    }
  }
  const code = index.map((each) => {
    if (each.known.kind === 'sequence' && !(each.code.kind === 'tuple' && index.length === 1))
      return call('jnp.array', [each.code]);
    return each.code;
  });
  if (index.some((each) => each.code.kind === 'starred')) {
    t.refuse(expr, 'a starred index is not translated');
    return null;
  }
  return { code, dynamic };
}
