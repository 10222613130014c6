/** Values in constructors: lists that grow, what a loop goes through, the truth of what is known. */
import { join, manyOf, present, sequenceKnown } from './known';
import type { Known, Term } from './known';
import { integer, NONE } from './python';

/** The items of a sequence or container whose number is known. */
export function itemsOf(term: Term): readonly Term[] | null {
  const known = present(term.known);
  if (known.kind === 'module' && known.shape.kind === 'stack' && known.shape.items)
    return known.shape.items.map(({ child }) => ({ code: NONE, known: child }));
  if (known.kind !== 'sequence' || !known.items) return null;
  const written = term.code.kind === 'tuple' || term.code.kind === 'list' ? term.code.items : null;
  return known.items.map((each, at) => ({
    code: written?.[at] ?? { kind: 'subscript', object: term.code, index: [integer(at)] },
    known: each,
  }));
}

/** Two lists one after the other, or a container with more children. */
export function joinedLists(before: Term, added: Term): Term {
  const a = present(before.known);
  const b = present(added.known);
  if (a.kind === 'refused') return before;
  if (b.kind === 'refused') return added;
  if (a.kind === 'module' && a.shape.kind === 'stack' && b.kind === 'sequence') {
    const { shape } = a;
    const items =
      shape.items && b.items
        ? [...shape.items, ...b.items.map((child, at) => ({ name: String((shape.items?.length ?? 0) + at), child }))]
        : null;
    return { code: before.code, known: { ...a, shape: { ...shape, items, element: items ? null : b.element } } };
  }
  if (a.kind === 'sequence' && b.kind === 'sequence') {
    if (a.items && b.items) {
      const code = (term: Term) => (term.code.kind === 'tuple' || term.code.kind === 'list' ? term.code.items : []);
      return {
        code: { kind: 'list', items: [...code(before), ...code(added)] },
        known: sequenceKnown('list', [...a.items, ...b.items]),
      };
    }
    return { code: NONE, known: manyOf('list', join(a.element, b.element)) };
  }
  return added;
}

/** The truth of a value, where it is known. */
export function truthOf(known: Known): boolean | null {
  switch (known.kind) {
    case 'bool':
      return known.value;
    case 'number':
      return known.value === null ? null : known.value !== 0;
    case 'text':
      return known.value === null ? null : known.value !== '';
    case 'none':
      return false;
    case 'module':
    case 'class':
    case 'qualified':
    case 'function':
    case 'weight':
      return true;
    case 'sequence':
      return known.items ? known.items.length > 0 : null;
    default:
      return null;
  }
}
