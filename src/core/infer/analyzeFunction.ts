/** Evaluates one function of a file, or its top level: the operations in it and what it does for its callers. */
import type { FunctionFacts } from '../lower/facts';
import type { Expr } from '../lower/ir';
import { fileOfKey } from '../link/place';
import { frameworkForFile } from './context';
import { withDocumented } from './documented';
import { ancestryOf, moduleLikelihood } from './evaluate/classes';
import { Evaluator } from './evaluate/evaluator';
import type { EvaluatorOptions } from './evaluate/evaluator';
import { bindInitial } from './evaluate/parameters';
import { providedInit, providedInputs } from './evaluate/provided';
import { rankId } from './evaluate/ranks';
import { runBody } from './evaluate/statements';
import { bindWritten } from './evaluate/writtenValues';
import { isHolder } from './operations';
import type { Operation } from './operations';
import { productiveOf } from './productive';
import type { Inherited, Question } from './productive';
import { Requirements } from './requirements';
import type { Session } from './session';
import { meetShapes } from './shapes';
import type { Shape } from './shapes';
import { hingesOn, ranksOfEveryCall, shapesOfRanks, withSolvedArguments, withSolvedRanks } from './solvedRanks';
import type { CallSite, Construction, FunctionAnalysis } from './summary';
import { joinAll, UNKNOWN } from './values';
import type { Framework, Value } from './values';

/** What is known of a call before the body is read. */
export interface Assumptions {
  /** Arguments by parameter name. */
  readonly parameters: ReadonlyMap<string, Value>;
  /** Constructor arguments of the method's instance, by name. */
  readonly init: ReadonlyMap<string, Value>;
  /** Shapes by parameter name. */
  readonly shapes?: ReadonlyMap<string, Shape>;
}

export const NONE_ASSUMED: Assumptions = { parameters: new Map(), init: new Map() };

/** What a function does whoever calls it; evaluated once for a file. */
export function summarize(session: Session, key: string): FunctionAnalysis | null {
  return session.summary(key, () => {
    const facts = session.functionFacts(key);
    const first = facts && analyzeFunction(session, facts, NONE_ASSUMED);
    if (!first || first.ranks.size === 0 || !first.hinges) return first;
    // What came to light on the way was true from the start.
    const again = analyzeFunction(session, facts, { ...NONE_ASSUMED, shapes: shapesOfRanks(first.ranks) });
    return again && { ...again, ranks: new Map([...again.ranks, ...first.ranks]) };
  });
}

/** The values of a function's expressions, by the expressions themselves. */
export type Observed = ReadonlyMap<Expr, Value>;

/** Evaluates a function once more to see the value of each of its expressions; of several, the last one. */
export function observeFunction(session: Session, key: string, assumed: Assumptions = NONE_ASSUMED): Observed {
  const observed = new Map<Expr, Value>();
  const facts = session.functionFacts(key);
  if (facts) analyzeFunction(session, facts, assumed, (expr, value) => observed.set(expr, value));
  return observed;
}

/**
 * @param observe is told the value of every expression
 * @returns null where the function's body cannot be read
 */
export function analyzeFunction(
  session: Session,
  facts: FunctionFacts,
  assumed: Assumptions,
  observe?: EvaluatorOptions['observe'],
): FunctionAnalysis | null {
  const def = session.body(facts.key);
  if (!def) return null;
  const place = { owner: facts.key, qualname: facts.qualname, ownerClass: facts.owner, observe };
  return run(session, place, (probe) => {
    const framework = frameworkOfFunction(probe, facts);
    const ev = new Evaluator({ ...probe.options, framework, flags: flagsOf(assumed.parameters) });
    const init = assumed.init.size > 0 ? assumed.init : providedInit(ev, facts);
    bindInitial(ev, def, selfOf(facts, init), null);
    for (const [name, value] of providedInputs(ev, facts)) ev.frame.set(name, value);
    bindWritten(ev, facts);
    for (const [name, value] of assumed.parameters) {
      ev.frame.set(name, value.kind === 'tensor' ? { ...value, parameter: name } : value);
    }
    for (const [name, shape] of assumed.shapes ?? []) {
      const value = ev.frame.get(name);
      if (value?.kind !== 'tensor' && value?.kind !== 'unknown') continue;
      const seen = ev.asTensor(value, framework ?? 'torch');
      ev.frame.set(name, { ...seen, shape: meetShapes(seen.shape, shape) });
    }
    runBody(ev, def.body);
    return ev;
  });
}

/** What the code says of a function's parameters before its body runs, by their names. */
export function parameterValues(session: Session, facts: FunctionFacts): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  const place = { owner: facts.key, qualname: facts.qualname, ownerClass: facts.owner };
  run(session, place, (ev) => {
    bindInitial(ev, facts.def, null, null);
    bindWritten(ev, facts);
    for (const { name } of facts.def.parameters) values.set(name, ev.frame.get(name) ?? UNKNOWN);
    return ev;
  });
  return values;
}

/** What the file's classes have from classes of other files, as far as it is what is asked for. */
export function inheritedFields(session: Session, question: Question): Inherited {
  const fields = new Set<string>();
  const made = new Set<string>();
  const closed = new Set<string>();
  const open = new Set<string>();
  const place = { owner: '', qualname: '<module>', ownerClass: null };
  run(session, place, (ev) => {
    for (const { key, name } of session.file.facts.classes) {
      const { known, unknown } = ancestryOf(ev, key);
      const foreign = known.filter((each) => fileOfKey(each) !== null);
      const answers = foreign.map((each) => productiveOf(session.fileOf(each), question));
      for (const [at, each] of foreign.entries()) {
        for (const field of session.classFacts(each)?.fields.keys() ?? []) {
          if (answers[at]?.fields.has(field)) fields.add(field);
          if (answers[at]?.made.has(field)) made.add(field);
        }
      }
      const has = foreign.some((each, at) => answers[at]?.classes.has(session.classFacts(each)?.name ?? '') !== false);
      const isClosed = !has && unknown.every((each) => TELLS_NOTHING.test(each));
      if (isClosed || moduleLikelihood(ev, key) === 'no') closed.add(name);
      // Of several classes of one name any may be meant.
      else open.add(name);
    }
    return ev;
  });
  return { fields, made, closed: new Set([...closed].filter((name) => !open.has(name))) };
}

/** Bases outside of the project that give a class no attribute and no linear map. */
const TELLS_NOTHING =
  /^(?:torch\.nn\.(?:modules\.module\.)?Module$|builtins\.|abc\.|typing\.|enum\.|collections\.|object$)/;

/** The code of the top level, outside every function. */
export function analyzeTopLevel(session: Session): FunctionAnalysis {
  return run(session, { owner: '', qualname: '<module>', ownerClass: null }, (probe) => {
    const ev = new Evaluator({ ...probe.options, framework: frameworkForFile(session.file, session.file.text) });
    // Definitions have analyses of their own; here their names are found through the scope.
    for (const each of session.file.facts.module) {
      if (each.kind === 'def' || each.kind === 'class' || each.kind === 'import') continue;
      ev.reach = session.file.scope.reach(each.start);
      runBody(ev, [each]);
    }
    return ev;
  });
}

function run(
  session: Session,
  place: Pick<EvaluatorOptions, 'owner' | 'qualname' | 'ownerClass' | 'observe'>,
  evaluate: (probe: Evaluator) => Evaluator,
): FunctionAnalysis {
  const operations = new Collected();
  const calls: CallSite[] = [];
  const constructions: Construction[] = [];
  const requirements = new Requirements();
  const { result: ev, reads } = session.tracked(() => {
    if (place.owner !== '') session.read(place.owner);
    return evaluate(
      new Evaluator({
        session,
        ...place,
        framework: null,
        requirements,
        report: operations.add,
        reportCall: (call) => calls.push(call),
        reportConstruction: (each) => constructions.push(each),
      }),
    );
  });
  const found = operations.list();
  const facts = session.functionFacts(place.owner);
  const known = withDocumented(ev.file, facts, found, ev.rankFacts);
  const ranks = ranksOfEveryCall(known);
  const parameters = facts?.def.parameters ?? [];
  return {
    key: place.owner,
    operations: withSolvedRanks(found, known),
    calls,
    constructions,
    handed: withSolvedArguments(ev.handed, ranks),
    requirements: requirements.entries(),
    ranks: new Map(
      parameters.flatMap(({ name }) => {
        const rank = ranks.get(rankId(place.owner, name));
        return rank === undefined ? [] : [[name, rank] as const];
      }),
    ),
    hinges: ranks.size > 0 && found.some((each) => hingesOn(each, ranks)),
    returned: joinAll(ev.returned),
    attributes: ev.frame.ownAttributes(),
    reads,
  };
}

/** Parameters of which it is assumed that they are True, or False. */
function flagsOf(parameters: ReadonlyMap<string, Value>): ReadonlySet<string> {
  return new Set([...parameters].flatMap(([name, each]) => (each.kind === 'bool' ? [name] : [])));
}

function selfOf(facts: FunctionFacts, init: Assumptions['init']): Value | null {
  if (facts.owner === null) return null;
  const decorated = (name: string): boolean =>
    facts.def.decorators.some((each) => each.kind === 'name' && each.name === name);
  if (decorated('staticmethod')) return null;
  if (decorated('classmethod')) return { kind: 'class', key: facts.owner };
  return { kind: 'instance', key: facts.owner, given: init };
}

function frameworkOfFunction(ev: Evaluator, facts: FunctionFacts): Framework | null {
  if (facts.owner !== null && moduleLikelihood(ev, facts.owner) !== 'no') return 'torch';
  return frameworkForFile(ev.file, ev.file.textOf(facts));
}

/** Operations in the order of the text; at each place one of a kind, since a value that is one of several may report twice. */
class Collected {
  private readonly found = new Map<string, Operation>();

  readonly add = (operation: Operation): void => {
    const id = `${operation.start}:${operation.end}:${operation.kind}`;
    if (!this.found.has(id)) this.found.set(id, operation);
  };

  list(): readonly Operation[] {
    return [...this.found.values()].sort(
      (a, b) => a.start - b.start || b.end - a.end || Number(isHolder(b)) - Number(isHolder(a)),
    );
  }
}
