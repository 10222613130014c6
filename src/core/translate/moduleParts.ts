/** The parts of a module: its children, its weights and the facts of its constructor. */
import type { Span } from '../lower/ir';
import { OUTSIDE, tensorKnown } from './known';
import type { Known, ModuleKnown, Term } from './known';
import { attribute, call, integer, NONE, quoted, subscript } from './python';
import type { Py } from './python';
import type { Translator } from './translator';

/** The entry of a module's params under a name or index. */
export function entryOf(params: Py | null, key: string | number): Py | null {
  return params && { kind: 'entry', owner: params, key: typeof key === 'number' ? integer(key) : quoted(key) };
}

/**
 * A child of a container.
 * @param at its place where that is known
 * @param key how the place is written
 */
export function childOf(module: ModuleKnown, at: number | null, key: Py | null): Known | null {
  const { shape, params, path } = module;
  if (shape.kind !== 'stack') return null;
  const place = at !== null && at < 0 && shape.items ? at + shape.items.length : at;
  const item = place === null ? null : shape.items?.[place];
  const child = item?.child ?? (at === null || !shape.items ? commonChild(module) : null);
  if (!child) return null;
  if (child.kind === 'weight') return tensorKnown({ elements: child.elements, rank: child.rank, roots: OUTSIDE });
  if (child.kind !== 'module') return child;
  return {
    ...child,
    params:
      item && params ? childEntry(params, item.name) : key && params ? { kind: 'entry', owner: params, key } : null,
    path: path && subscript(path, key ?? integer(0)),
  };
}

function childEntry(params: Py, name: string): Py | null {
  return entryOf(params, /^\d+$/.test(name) ? Number(name) : name);
}

/** What every child of a container is; null where they differ. */
export function commonChild(module: ModuleKnown): Known | null {
  const { shape } = module;
  if (shape.kind !== 'stack') return null;
  if (!shape.items) return shape.element;
  const [first, ...rest] = shape.items;
  if (!first) return null;
  return rest.every((each) => sameShape(each.child, first.child)) ? first.child : null;
}

/** Whether two modules run the same code; their sizes may differ. */
export function sameShape(a: Known, b: Known): boolean {
  return describe(a) === describe(b);
}

function describe(known: Known): string {
  return JSON.stringify(known, (_, value: unknown) =>
    value instanceof Map ? [...(value as Map<unknown, unknown>)] : value,
  );
}

/** An attribute of an instance of a class of this file; null where the class gives it none. */
export function instanceAttribute(t: Translator, module: ModuleKnown, name: string, at: Span): Term | null {
  const { shape, path } = module;
  if (shape.kind !== 'class') return null;
  const found = t.program.attributes(shape).get(name);
  if (!found) return null;
  const { known } = found;
  switch (known.kind) {
    case 'refused':
      return t.refuse(at, `\`self.${name}\`: ${known.reason}`);
    case 'weight':
      return weightOf(t, module, name, known, at);
    case 'module': {
      const params = entryOf(module.params, name);
      return { code: params ?? NONE, known: { ...known, params, path: path && attribute(path, name) } };
    }
    case 'qualified':
    case 'class':
    case 'function':
    case 'none':
    case 'closure':
      return found;
    case 'optional':
      return t.refuse(at, `whether \`self.${name}\` is None depends on the constructor's arguments`);
    case 'tensor':
      return t.refuse(
        at,
        `\`self.${name}\` is a plain tensor attribute, which state_dict does not hold`,
        'register it with register_buffer',
      );
    case 'unknown':
      return t.refuse(at, `what \`self.${name}\` is cannot be told from the constructor`);
    default:
      return { code: t.program.fact(t, found, path && attribute(path, name), name), known };
  }
}

function weightOf(t: Translator, module: ModuleKnown, name: string, known: Known & { kind: 'weight' }, at: Span): Term {
  const { elements, rank, value } = known;
  const integral = elements === 'int' || elements === 'bool';
  // jax.grad takes no integer leaves, and what is not stored cannot be read: both are computed anew.
  if (!known.stored || (integral && !known.trained)) {
    if (value && value.known.kind !== 'refused')
      return { code: t.program.withFacts(t, value.code, at), known: tensorKnown({ elements, rank }) };
    return t.refuse(at, `the buffer \`${name}\` is not part of state_dict, and its value cannot be computed anew`);
  }
  const entry = entryOf(module.params, name);
  if (!entry) return t.refuse(at, `\`${name}\` is read where no weights are at hand`);
  t.usesParams = true;
  const tensor = tensorKnown({ elements, rank, roots: OUTSIDE });
  // What PyTorch does not train gets no gradient here, either.
  return { code: known.trained ? entry : call('jax.lax.stop_gradient', [entry]), known: tensor };
}
