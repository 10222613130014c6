/** Functions evaluated once more with the modules that the file hands to them, or to their class. */
import { analyzeFunction, summarize } from './analyzeFunction';
import { joinArguments } from './evaluate/modulesPassed';
import type { Session } from './session';
import type { FunctionAnalysis } from './summary';
import type { Value } from './values';

type Arguments = ReadonlyMap<string, Value>;

/** Adds to analyses what is only known by looking at the calls: which modules a parameter stands for. */
export function withModulesHandedOn(
  session: Session,
  analyses: readonly FunctionAnalysis[],
): readonly FunctionAnalysis[] {
  const toFunctions = new Map<string, Arguments>();
  const toClasses = new Map<string, Arguments>();
  const hand = (to: Map<string, Arguments>, key: string, modules: Arguments): void => {
    if (modules.size > 0) to.set(key, joinArguments(to.get(key) ?? new Map<string, Value>(), modules));
  };
  for (const each of analyses) {
    for (const { key, modules } of each.calls) hand(toFunctions, key, modules);
    for (const { key, modules } of each.constructions) hand(toClasses, key, modules);
  }
  if (toFunctions.size === 0 && toClasses.size === 0) return analyses;
  const known = new Set(analyses.map((each) => each.key));
  const others = [...toFunctions.keys()].flatMap((key) => (known.has(key) ? [] : (summarize(session, key) ?? [])));
  return [...analyses, ...others].map((each) => {
    const facts = session.file.functionFacts(each.key);
    const parameters = toFunctions.get(each.key);
    const owner = facts?.name === '__init__' ? null : (facts?.owner ?? null);
    const init = owner === null ? undefined : toClasses.get(owner);
    if (!facts || (!parameters && !init)) return each;
    const none: Arguments = new Map();
    const again = analyzeFunction(session, facts, { parameters: parameters ?? none, init: init ?? none });
    return again ? { ...each, operations: again.operations } : each;
  });
}
