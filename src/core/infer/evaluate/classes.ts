/** Instances of this file's classes: their attributes, found by evaluating the methods that assign them. */
import type { ClassStmt } from '../../lower/ir';
import { summarize } from '../analyzeFunction';
import type { Ancestry } from '../session';
import { optionsOf } from '../values';
import type { InstanceValue, Value } from '../values';
import type { Evaluator } from './evaluator';
import { forInstance } from './functions';

/** The classes that a class derives from, as far as names tell. */
export function ancestryOf(ev: Evaluator, key: string): Ancestry {
  const known = ev.session.ancestries.get(key);
  if (known) return known;
  const local: string[] = [];
  const foreign: string[] = [];
  const visit = (each: string): void => {
    const facts = ev.file.classFacts(each);
    if (!facts || local.includes(each)) return;
    local.push(each);
    for (const base of facts.statement.bases) {
      if (base.name !== null) continue;
      for (const value of optionsOf(atTopLevel(ev, () => ev.evaluate(base.value)))) {
        if (value.kind === 'class') visit(value.key);
        else if (value.kind === 'qualified') foreign.push(value.name);
      }
    }
  };
  visit(key);
  const ancestry = { local, foreign };
  ev.session.ancestries.set(key, ancestry);
  return ancestry;
}

/** Evaluates code of the file's top level: no local variable is in sight and nothing is reported. */
function atTopLevel<T>(ev: Evaluator, evaluate: () => T): T {
  const { frame } = ev;
  ev.frame = frame.empty();
  ev.silent++;
  try {
    return evaluate();
  } finally {
    ev.frame = frame;
    ev.silent--;
  }
}

const FOREIGN_MODULE = /(?:^|\.)(?:\w*Module|\w*Model|\w*Layer|\w*Block|\w*Net(?:work)?)$/;

/** Whether instances of a class are torch modules: certain, likely by the name of a foreign base, or no. */
export function moduleLikelihood(ev: Evaluator, key: string): 'certain' | 'likely' | 'no' {
  const { foreign } = ancestryOf(ev, key);
  if (foreign.some((each) => /^torch\.nn\.\w+$/.test(each))) return 'certain';
  return foreign.some((each) => FOREIGN_MODULE.test(each)) ? 'likely' : 'no';
}

/** Whether a class derives from torch's own Linear. */
export function isLinearSubclass(ev: Evaluator, key: string): boolean {
  return ancestryOf(ev, key).foreign.some((each) => each === 'torch.nn.Linear' || each === 'torch.nn.LazyLinear');
}

/** Key of the function that a method name resolves to, in the class or those of this file it derives from. */
export function findMethod(ev: Evaluator, key: string, name: string, after: string | null = null): string | null {
  const { local } = ancestryOf(ev, key);
  const from = after === null ? 0 : local.indexOf(after) + 1;
  for (const each of local.slice(from)) {
    const method = ev.file.classFacts(each)?.methods.get(name);
    if (method !== undefined) return method;
  }
  return null;
}

/** An attribute of an instance: assigned by its constructor, a method, a property, or assigned elsewhere. */
export function attributeOf(ev: Evaluator, instance: InstanceValue, name: string): Value | null {
  const { key } = instance;
  const assigned = assignedBy(ev, key, '__init__')?.get(name);
  if (assigned) return forInstance(ev, assigned, instance);
  const method = findMethod(ev, key, name);
  if (method !== null) return { kind: 'function', key: method, self: instance };
  for (const each of ancestryOf(ev, key).local) {
    const facts = ev.file.classFacts(each);
    const value = facts ? classLevel(ev, facts.statement, name) : null;
    if (value) return value;
    // An attribute that some other method gives its value.
    for (const assigner of facts?.fields.get(name) ?? []) {
      const found = assigner === '__init__' ? null : assignedBy(ev, key, assigner)?.get(name);
      if (found) return forInstance(ev, found, instance);
    }
  }
  return null;
}

function classLevel(ev: Evaluator, statement: ClassStmt, name: string): Value | null {
  for (const each of statement.body) {
    if (each.kind !== 'assign' || !each.value) continue;
    const { value } = each;
    if (each.targets.some((target) => target.kind === 'name' && target.name === name)) {
      return atTopLevel(ev, () => ev.evaluate(value));
    }
  }
  return null;
}

/** The attributes that a method assigns; null where there is no such method, or while it is being evaluated. */
function assignedBy(ev: Evaluator, key: string, name: string): ReadonlyMap<string, Value> | null {
  const method = findMethod(ev, key, name);
  return method === null ? null : (summarize(ev.session, method)?.attributes ?? null);
}
