/**
 * Modules that are handed on: to functions that build with them (`make_head(dim, nn.Linear)`), and to classes and
 * functions that call them later (`Residual(nn.Linear(...))`).
 */
import type { FunctionFacts } from '../../lower/facts';
import { analyzeFunction } from '../analyzeFunction';
import type { FunctionAnalysis } from '../summary';
import { join, optionsOf } from '../values';
import type { Value } from '../values';
import type { Evaluator } from './evaluator';

/** A sequence in a sequence in a sequence of modules is still looked into. */
const MAX_DEPTH = 4;

/** Whether a value is, or holds, a module or something that makes modules. */
export function holdsModules(value: Value, depth = 0): boolean {
  return optionsOf(value).some((each) => {
    switch (each.kind) {
      case 'module':
      case 'container':
      case 'class':
      case 'instance':
      case 'closure':
        return true;
      case 'qualified':
        return /^torch\.nn\.[A-Z]/.test(each.name);
      case 'tuple':
      case 'list':
        return depth < MAX_DEPTH && (each.items ?? [each.element]).some((item) => holdsModules(item, depth + 1));
      case 'dict':
        return depth < MAX_DEPTH && holdsModules(each.element, depth + 1);
      default:
        return false;
    }
  });
}

/** The arguments that hold modules. */
export function modulesAmong(bound: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...bound].filter(([, value]) => holdsModules(value)));
}

/** Arguments of several calls, each parameter with what any of them gave it. */
export function joinArguments(
  a: ReadonlyMap<string, Value>,
  b: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const joined = new Map(a);
  for (const [name, value] of b) {
    const known = joined.get(name);
    joined.set(name, known ? join(known, value) : value);
  }
  return joined;
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
  if (!chosen && modulesAmong(bound).size === 0) return null;
  return ev.session.specializing(facts.key, () => {
    const given = analyzeFunction(ev.session, facts, { parameters: bound, init });
    return given?.returned ?? null;
  });
}

/** Whether a function gives modules, or what it is given. */
function mayGiveModules(value: Value, depth = 0): boolean {
  return optionsOf(value).some((each) => {
    switch (each.kind) {
      case 'unknown':
        return each.path !== undefined || each.parameter !== undefined;
      case 'module':
      case 'container':
      case 'instance':
      case 'class':
        return true;
      case 'tuple':
      case 'list':
        return depth < MAX_DEPTH && (each.items ?? [each.element]).some((item) => mayGiveModules(item, depth + 1));
      case 'dict':
        return depth < MAX_DEPTH && mayGiveModules(each.element, depth + 1);
      default:
        return false;
    }
  });
}

/** Whether a function gives one of several modules, or several things of which one is. */
function chooses(value: Value): boolean {
  if (value.kind === 'tuple') return value.items?.some(chooses) ?? false;
  return value.kind === 'union' && value.options.some((each) => each.kind === 'module' || each.kind === 'container');
}
