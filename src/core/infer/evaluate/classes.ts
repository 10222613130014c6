/** Instances of classes whose source is known: their attributes, found by evaluating the methods that assign them. */
import type { ClassStmt } from '../../lower/ir';
import { summarize } from '../analyzeFunction';
import type { Ancestry } from '../knowledge';
import { joinAll, optionsOf, tensor } from '../values';
import type { ContainerValue, InstanceValue, Value } from '../values';
import type { Evaluator } from './evaluator';
import { forInstance } from './functions';
import { defaultIn, fieldGiven } from './recordClasses';

/** The classes that a class derives from, as far as their sources are known. */
export function ancestryOf(ev: Evaluator, key: string): Ancestry {
  return ev.session.keep('ancestries', key, () => findAncestry(ev, key), { known: [key], unknown: [] });
}

/** Nobody derives classes from each other so often, unless they are generated. */
const MOST_ANCESTORS = 100;

function findAncestry(ev: Evaluator, key: string): Ancestry {
  const known = new Set<string>();
  const unknown: string[] = [];
  const visit = (each: string): void => {
    if (known.has(each) || known.size >= MOST_ANCESTORS || !ev.session.classFacts(each)) return;
    known.add(each);
    const bases = basesOf(ev, each);
    bases.known.forEach(visit);
    unknown.push(...bases.unknown);
  };
  visit(key);
  return { known: [...known], unknown };
}

/** The classes that a class names as its bases. */
function basesOf(ev: Evaluator, key: string): Ancestry {
  const find = (): Ancestry => {
    const known: string[] = [];
    const unknown: string[] = [];
    const statement = ev.session.classFacts(key)?.statement;
    for (const base of statement?.bases ?? []) {
      if (base.name !== null) continue;
      const named = ev.atTopLevel(ev.session.fileOf(key), () => ev.evaluate(base.value), statement?.start);
      for (const value of optionsOf(named)) {
        if (value.kind === 'class') known.push(value.key);
        else if (value.kind === 'qualified') unknown.push(value.name);
      }
    }
    return { known, unknown };
  };
  return ev.session.keep('bases', key, find, { known: [], unknown: [] });
}

const FOREIGN_MODULE = /(?:^|\.)(?:\w*Module|\w*Model|\w*Layer|\w*Block|\w*Net(?:work)?)$/;

/** Whether instances of a class are torch modules: certain, likely by the name of a foreign base, or no. */
export function moduleLikelihood(ev: Evaluator, key: string): 'certain' | 'likely' | 'no' {
  const { unknown } = ancestryOf(ev, key);
  if (unknown.some((each) => /^torch\.nn\.\w+$/.test(each))) return 'certain';
  return unknown.some((each) => FOREIGN_MODULE.test(each)) ? 'likely' : 'no';
}

/** Whether a class derives from torch's own Linear. */
export function isLinearSubclass(ev: Evaluator, key: string): boolean {
  return ancestryOf(ev, key).unknown.some((each) => each === 'torch.nn.Linear' || each === 'torch.nn.LazyLinear');
}

/** An instance of a class that derives from Sequential and runs as that does, with the modules that it assigns. */
export function asSequential(ev: Evaluator, instance: InstanceValue): ContainerValue | null {
  if (!ancestryOf(ev, instance.key).unknown.includes('torch.nn.Sequential')) return null;
  if (findMethod(ev, instance.key, 'forward') !== null) return null;
  const attributes = assignedBy(ev, instance.key, '__init__');
  const held = attributes?.get('_modules');
  const assigned = [...(attributes?.values() ?? []), ...(held?.kind === 'dict' ? [held.element] : [])];
  const items = assigned.filter((each) =>
    optionsOf(each).some((option) => ['module', 'container', 'instance'].includes(option.kind)),
  );
  return { kind: 'container', type: 'Sequential', items: null, element: joinAll(items) };
}

/** Key of the function that a method name resolves to, in the class or those it derives from. */
export function findMethod(ev: Evaluator, key: string, name: string, after: string | null = null): string | null {
  const { known } = ancestryOf(ev, key);
  const from = after === null ? 0 : known.indexOf(after) + 1;
  for (const each of known.slice(from)) {
    const method = ev.session.classFacts(each)?.methods.get(name);
    if (method !== undefined) return method;
  }
  return null;
}

/** An attribute of an instance: assigned by its constructor, a method, a property, or assigned elsewhere. */
export function attributeOf(ev: Evaluator, instance: InstanceValue, name: string): Value | null {
  const { key } = instance;
  const assigned = assignedBy(ev, key, '__init__')?.get(name);
  if (assigned) {
    const value = forInstance(ev, assigned, instance);
    // A tensor that is replaced later on is of a shape that only the other methods know.
    return value.kind === 'tensor' && isReassigned(ev, key, name)
      ? { ...tensor(value.framework), dtype: value.dtype }
      : value;
  }
  const given = instance.given.size > 0 ? fieldGiven(ev, instance, name) : null;
  if (given) return given;
  // A class without a constructor of its own is given what Linear takes.
  const inherited = findMethod(ev, key, '__init__') === null ? instance.given.get(name) : undefined;
  if (inherited) return inherited;
  const method = findMethod(ev, key, name);
  if (method !== null) return { kind: 'function', key: method, self: instance };
  for (const each of ancestryOf(ev, key).known) {
    const facts = ev.session.classFacts(each);
    const value = facts ? classLevel(ev, each, facts.statement, name) : null;
    if (value) return value;
    // An attribute that some other method gives its value.
    for (const assigner of facts?.fields.get(name) ?? []) {
      const found = assigner === '__init__' ? null : assignedBy(ev, key, assigner)?.get(name);
      if (found) return forInstance(ev, found, instance);
    }
  }
  return null;
}

/** Whether methods beside the constructor give an attribute a value. */
function isReassigned(ev: Evaluator, key: string, name: string): boolean {
  return ancestryOf(ev, key).known.some(
    (each) =>
      ev.session
        .classFacts(each)
        ?.fields.get(name)
        ?.some((method) => method !== '__init__') === true,
  );
}

function classLevel(ev: Evaluator, key: string, statement: ClassStmt, name: string): Value | null {
  for (const each of statement.body) {
    if (each.kind !== 'assign' || !each.value) continue;
    const value = defaultIn(each.value);
    if (each.targets.some((target) => target.kind === 'name' && target.name === name)) {
      return ev.atTopLevel(ev.session.fileOf(key), () => ev.evaluate(value), value.start);
    }
  }
  return null;
}

/** The attributes that a method assigns; null where there is no such method, or while it is being evaluated. */
function assignedBy(ev: Evaluator, key: string, name: string): ReadonlyMap<string, Value> | null {
  const method = findMethod(ev, key, name);
  return method === null ? null : (summarize(ev.session, method)?.attributes ?? null);
}
