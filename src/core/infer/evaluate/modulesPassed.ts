/**
 * Modules that are handed on: to functions that build with them (`make_head(dim, nn.Linear)`), and to classes and
 * functions that call them later (`Residual(nn.Linear(...))`).
 */
import type { FunctionFacts } from '../../lower/facts';
import { analyzeFunction } from '../analyzeFunction';
import type { FunctionAnalysis } from '../summary';
import { someInside } from '../values';
import type { Value } from '../values';
import { findMethod, moduleLikelihood } from './classes';
import type { Evaluator } from './evaluator';

/** Whether a value is, or holds, a module or something that makes modules. */
export function holdsModules(value: Value): boolean {
  return someInside(value, (each) => {
    if (each.kind === 'qualified') return /^torch\.nn\.[A-Z]/.test(each.name);
    return isModule(each) || each.kind === 'closure';
  });
}

function isModule(value: Value): boolean {
  const { kind } = value;
  return kind === 'module' || kind === 'container' || kind === 'class' || (kind === 'instance' && !value.record);
}

/** The same, without objects that are no modules: a configuration, a cache. */
function holdsRunning(ev: Evaluator, value: Value): boolean {
  return someInside(value, (each) =>
    each.kind === 'instance'
      ? !each.record && (moduleLikelihood(ev, each.key) !== 'no' || findMethod(ev, each.key, '__call__') !== null)
      : holdsModules(each),
  );
}

/** The arguments that hold modules. */
export function modulesAmong(bound: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...bound].filter(([, value]) => holdsModules(value)));
}

/**
 * What a function returns for just these arguments, where modules among them, or flags that choose between
 * modules, make it something else than for any call; null where they do not.
 */
export function returnedFor(
  ev: Evaluator,
  facts: FunctionFacts,
  summary: FunctionAnalysis,
  bound: ReadonlyMap<string, Value>,
  init: ReadonlyMap<string, Value>,
): Value | null {
  if (!mayGiveModules(summary.returned)) return null;
  const chosen = chooses(summary.returned) && [...bound.values()].some((each) => each.kind === 'bool');
  if (!chosen && ![...bound.values()].some((each) => holdsRunning(ev, each))) return null;
  return ev.session.specializing(facts.key, () => {
    const given = analyzeFunction(ev.session, facts, { parameters: bound, init });
    return given?.returned ?? null;
  });
}

/** Whether a function gives modules, or what it is given. */
function mayGiveModules(value: Value): boolean {
  return someInside(value, (each) => {
    if (each.kind === 'unknown') return each.path !== undefined || each.parameter !== undefined;
    return isModule(each);
  });
}

/** Whether a function gives one of several modules, or several things of which one is. */
function chooses(value: Value): boolean {
  if (value.kind === 'tuple') return value.items?.some(chooses) ?? false;
  return value.kind === 'union' && value.options.some((each) => each.kind === 'module' || each.kind === 'container');
}
