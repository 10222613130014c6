/** What iterating over a value gives, and how assignment targets take values apart. */
import type { Expr } from '../lower/ir';
import { present, UNKNOWN } from './known';
import type { Known } from './known';
import { integer, name as nameOf } from './python';
import type { Py } from './python';
import type { Translator } from './translator';
import { childOf } from './moduleParts';

/** Stands for every item of a value. */
export function elementOf(known: Known): Known {
  const value = present(known);
  switch (value.kind) {
    case 'sequence':
      return value.element;
    case 'tensor':
      return { ...value, rank: value.rank === null ? null : value.rank - 1 };
    case 'dict':
      return { kind: 'text', value: null };
    case 'refused':
      return value;
    case 'text':
      return value;
    case 'module':
      return childOf(value, null, null) ?? UNKNOWN;
    default:
      return UNKNOWN;
  }
}

/** The item at a place of a value that is taken apart. */
export function itemOf(known: Known, at: number): Known {
  const value = present(known);
  if (value.kind === 'sequence') return value.items?.[at] ?? value.element;
  if (value.kind === 'module') return childOf(value, at, integer(at)) ?? UNKNOWN;
  return elementOf(value);
}

/** Binds the names of a target and gives it back as written. */
export function bindTarget(t: Translator, target: Expr, known: Known): Py {
  switch (target.kind) {
    case 'name':
      t.share(known);
      t.bind(target.name, known.kind === 'module' ? { ...known, params: nameOf(target.name) } : known);
      return nameOf(target.name);
    case 'tuple':
    case 'list': {
      const star = target.items.findIndex((each) => each.kind === 'starred');
      const items = target.items.map((each, at) => {
        if (each.kind === 'starred') {
          const element = elementOf(known);
          return {
            kind: 'starred',
            value: bindTarget(t, each.value, { kind: 'sequence', form: 'list', items: null, element }),
          } as const;
        }
        return bindTarget(t, each, star >= 0 && at > star ? elementOf(known) : itemOf(known, at));
      });
      return { kind: target.kind, items };
    }
    default:
      return t.refuse(target, 'this target of an assignment is not translated').code;
  }
}

/** What is taken apart need not be a list. */
export function unlisted(code: Py): Py {
  const [only, second] = code.kind === 'call' ? code.args : [];
  const isList = code.kind === 'call' && code.callee.kind === 'name' && code.callee.name === 'list';
  return isList && only?.name === null && !second ? only.value : code;
}
