/** Functions evaluated once more with the modules that the file hands to them, or to their class. */
import { fileOfKey } from '../link/place';
import { analyzeFunction, summarize } from './analyzeFunction';
import { isLinearStack, moduleOperation } from './family';
import { productiveOf } from './productive';
import type { Session } from './session';
import { shapesOfRanks } from './solvedRanks';
import type { FunctionAnalysis } from './summary';
import type { Steps } from '../steps';
import { joinNamed, someInside } from './values';
import type { Value } from './values';

type Arguments = ReadonlyMap<string, Value>;

/** Adds to analyses what is only known by looking at the calls: which modules a parameter stands for. */
export function* withModulesHandedOn(
  session: Session,
  analyses: readonly FunctionAnalysis[],
): Steps<readonly FunctionAnalysis[]> {
  const toFunctions = new Map<string, Arguments>();
  const toClasses = new Map<string, Arguments>();
  const hand = (to: Map<string, Arguments>, key: string, modules: Arguments): void => {
    const running = new Map([...modules].filter(([, value]) => mayRun(session, value)));
    if (running.size > 0) to.set(key, joinNamed(to.get(key) ?? new Map<string, Value>(), running));
  };
  for (const each of analyses) {
    for (const { key, modules } of each.calls) hand(toFunctions, key, modules);
    for (const { key, modules } of each.constructions) hand(toClasses, key, modules);
  }
  if (toFunctions.size === 0 && toClasses.size === 0) return analyses;
  const known = new Set(analyses.map((each) => each.key));
  const others = [...toFunctions.keys()].flatMap((key) =>
    known.has(key) || fileOfKey(key) !== null ? [] : (summarize(session, key) ?? []),
  );
  const result: FunctionAnalysis[] = [];
  for (const each of [...analyses, ...others]) {
    const facts = session.file.functionFacts(each.key);
    const parameters = toFunctions.get(each.key);
    const owner = facts?.name === '__init__' ? null : (facts?.owner ?? null);
    const init = owner === null ? undefined : toClasses.get(owner);
    if (!facts || (!parameters && !init)) {
      result.push(each);
      continue;
    }
    const none: Arguments = new Map();
    const assumed = { parameters: parameters ?? none, init: init ?? none, shapes: shapesOfRanks(each.ranks) };
    const again = yield* session.patiently(() => analyzeFunction(session, facts, assumed));
    result.push(again ? { ...each, operations: again.operations } : each);
  }
  return result;
}

/** Whether calling a value, or something that it holds, may run a product. */
function mayRun(session: Session, value: Value): boolean {
  return someInside(value, (each) => {
    switch (each.kind) {
      case 'module':
        return moduleOperation(each.type) !== null || isLinearStack(each.type);
      case 'container':
        return (each.items ?? [each.element]).some((item) => mayRun(session, item));
      case 'class':
      case 'instance':
        return productiveOf(session.fileOf(each.key), 'run').classes.has(session.classFacts(each.key)?.name ?? '');
      case 'qualified':
        return moduleOperation(each.name) !== null;
      default:
        return false;
    }
  });
}
