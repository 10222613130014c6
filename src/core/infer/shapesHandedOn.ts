/** Functions that their file alone calls, evaluated once more with the shapes that all of its calls hand to them. */
import { analyzeFunction, NONE_ASSUMED, summarize } from './analyzeFunction';
import { possibleCallers } from './callers';
import type { FileModel } from './model';
import { rankId } from './evaluate/ranks';
import { parameterRank, rankAs, solveRanks } from './ranks';
import type { KnownRanks, Rank, RankFact } from './ranks';
import type { Session } from './session';
import { atRank, joinShapes, rankTerm, UNKNOWN_SHAPE } from './shapes';
import type { Shape } from './shapes';
import { isVague, shapesOfRanks } from './solvedRanks';
import type { FunctionAnalysis, HandedOn } from './summary';
import type { Value } from './values';

/**
 * Whether no code but that of its own file is meant to call a function: an underscore says so, and an `__all__` that
 * does not list it.
 */
export function isPrivate(file: FileModel, key: string): boolean {
  const names = key.split('.');
  if (names.some((each) => /^_(?!_)/.test(each))) return true;
  const listed = listedNames(file);
  return listed !== null && !listed.has(names[0] ?? '');
}

/** The names in a file's `__all__`; null where there is none that can be read. */
function listedNames(file: FileModel): ReadonlySet<string> | null {
  return file.once('__all__', () => {
    const assigned = file.scope.lookup('__all__');
    const [only, more] = assigned;
    if (only?.kind !== 'value' || more || (only.value.kind !== 'list' && only.value.kind !== 'tuple')) return null;
    const names = only.value.items.map((each) => (each.kind === 'string' ? each.value : null));
    return names.every((each) => each !== null) ? new Set(names) : null;
  });
}

/** Calls lead this deep from what is known to what is not. */
const MOST_ROUNDS = 8;

/** Numbers of dimensions of parameters, by the keys of functions and the names of the parameters. */
type Known = ReadonlyMap<string, ReadonlyMap<string, number>>;

export function withShapesHandedOn(
  session: Session,
  analyses: readonly FunctionAnalysis[],
): readonly FunctionAnalysis[] {
  const vague = new Set(analyses.filter((each) => each.operations.some(isVague)).map((each) => each.key));
  const { needed, callers } = neededFor(session, analyses, vague);
  if (needed.size === 0) return analyses;
  const calls = new Map<string, Call[]>();
  for (const caller of callers) {
    for (const [at, handed] of caller.handed.entries())
      if (needed.has(handed.key)) calls.set(handed.key, [...(calls.get(handed.key) ?? []), { caller, at, handed }]);
  }
  const known = handedRanks(analyses, calls);
  return analyses.map((each) => {
    const facts = session.file.functionFacts(each.key);
    const own = calls.get(each.key);
    if (!facts || !vague.has(each.key)) return each;
    const shapes = own
      ? own.map((call) => shapesOf(session, call, each, known)).reduce((all, more) => agreed(all, more))
      : new Map<string, Shape>();
    if (shapes.size === 0) return each;
    const again = analyzeFunction(session, facts, { ...NONE_ASSUMED, shapes });
    return again ? { ...each, operations: again.operations } : each;
  });
}

/**
 * The private functions of whose products more might be known, with those that hand something on to them, and whatever
 * may call any of these.
 */
function neededFor(
  session: Session,
  analyses: readonly FunctionAnalysis[],
  vague: ReadonlySet<string>,
): { readonly needed: ReadonlySet<string>; readonly callers: readonly FunctionAnalysis[] } {
  const { file } = session;
  const needed = new Set([...vague].filter((each) => isPrivate(file, each)));
  const callers = new Map(analyses.map((each) => [each.key, each]));
  const seen = new Set(callers.keys());
  for (let fresh: readonly string[] = [...needed]; fresh.length > 0;) {
    for (const { key } of possibleCallers(file, fresh, seen)) {
      seen.add(key);
      const summary = summarize(session, key);
      if (summary) callers.set(key, summary);
    }
    fresh = [...callers.values()].flatMap(({ key, handed }) =>
      !needed.has(key) && handed.some((each) => needed.has(each.key)) && isPrivate(file, key) ? [key] : [],
    );
    for (const each of fresh) needed.add(each);
  }
  return { needed, callers: [...callers.values()] };
}

/** One call of a private function. */
interface Call {
  readonly caller: FunctionAnalysis;
  /** Which one of those of the caller. */
  readonly at: number;
  readonly handed: HandedOn;
}

/** What is known of the parameters of each function from its own code and from the calls of the private ones. */
function handedRanks(analyses: readonly FunctionAnalysis[], calls: ReadonlyMap<string, readonly Call[]>): Known {
  const known = new Map<string, ReadonlyMap<string, number>>(analyses.map((each) => [each.key, each.ranks]));
  for (let round = 0, changed = true; changed && round < MOST_ROUNDS; round++) {
    changed = false;
    for (const [key, own] of calls) {
      const before = known.get(key) ?? new Map<string, number>();
      const more = common(own.map((call) => [call.handed, ranksOf(call, known)])).filter(([name]) => !before.has(name));
      if (more.length === 0) continue;
      known.set(key, new Map([...before, ...more]));
      changed = true;
    }
  }
  return known;
}

/** Ranks on which all calls agree that give the argument. */
function common(
  calls: readonly (readonly [HandedOn, ReadonlyMap<string, number>])[],
): readonly (readonly [string, number])[] {
  const names = new Set(calls.flatMap(([, ranks]) => [...ranks.keys()]));
  return [...names].flatMap((name) => {
    const giving = calls.filter(([{ arguments: values }]) => (values.get(name)?.kind ?? 'none') !== 'none');
    const [first, ...others] = giving.map(([, ranks]) => ranks.get(name));
    return first !== undefined && others.every((each) => each === first) ? [[name, first] as const] : [];
  });
}

/** The ranks of the arguments of one call. */
function ranksOf({ caller, handed }: Call, known: Known): ReadonlyMap<string, number> {
  const ranks = solved(caller, handed, known);
  return new Map(
    [...handed.arguments].flatMap(([name, value]) => {
      const term = termOf(value, caller);
      const rank = term ? rankAs(term, ranks) : null;
      return rank === null ? [] : [[name, rank] as const];
    }),
  );
}

function termOf(value: Value, caller: FunctionAnalysis): Rank | undefined {
  if (value.kind === 'tensor') return rankTerm(value.shape);
  return value.kind === 'unknown' && value.parameter !== undefined
    ? parameterRank(rankId(caller.key, value.parameter))
    : undefined;
}

/** Of one call, what the function asks of one argument may tell how many dimensions another has. */
function solved(caller: FunctionAnalysis, { key, arguments: values }: HandedOn, known: Known): KnownRanks {
  const facts: RankFact[] = [];
  const learn = (rank: Rank | undefined, is: number): void => {
    if (rank) facts.push({ rank, is, arms: [], loops: [] });
  };
  for (const [name, is] of known.get(key) ?? []) {
    const value = values.get(name);
    if (value) learn(termOf(value, caller), is);
  }
  for (const [name, is] of known.get(caller.key) ?? []) learn(parameterRank(rankId(caller.key, name)), is);
  return solveRanks(facts, facts);
}

/** The shapes that one call gives to parameters, as far as their ranks are known. */
function shapesOf(session: Session, call: Call, called: FunctionAnalysis, known: Known): ReadonlyMap<string, Shape> {
  const ranks = solved(call.caller, call.handed, known);
  const given = again(session, call, ranks) ?? call.handed;
  const shapes = new Map<string, Shape>();
  for (const [name, value] of given.arguments) {
    const term = termOf(value, call.caller);
    const rank = known.get(called.key)?.get(name) ?? (term ? rankAs(term, ranks) : null);
    const shape = value.kind === 'tensor' ? value.shape : UNKNOWN_SHAPE;
    const closed = rank === null ? shape : atRank(shape, rank);
    if (!closed.open) shapes.set(name, closed);
  }
  return shapes;
}

/** The call as it is where the ranks of the caller's own parameters are known from the start; null where that adds nothing. */
function again(session: Session, { caller, at, handed }: Call, ranks: KnownRanks): HandedOn | null {
  const facts = session.file.functionFacts(caller.key);
  const isOpen = (value: Value): boolean =>
    value.kind === 'tensor' && value.shape.rank !== undefined && rankAs(value.shape.rank, ranks) !== null;
  if (!facts || ![...handed.arguments.values()].some(isOpen)) return null;
  const own = new Map(caller.ranks);
  for (const { name } of facts.def.parameters) {
    const rank = ranks.get(rankId(caller.key, name));
    if (rank !== undefined) own.set(name, rank);
  }
  if (own.size === 0) return null;
  const found = analyzeFunction(session, facts, { ...NONE_ASSUMED, shapes: shapesOfRanks(own) })?.handed[at];
  return found?.key === handed.key ? found : null;
}

/** What two calls have in common. */
function agreed(a: ReadonlyMap<string, Shape>, b: ReadonlyMap<string, Shape>): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const [name, shape] of a) {
    const other = b.get(name);
    const joined = other && joinShapes(shape, other);
    if (joined && !joined.open) shapes.set(name, joined);
  }
  return shapes;
}
