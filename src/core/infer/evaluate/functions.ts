/** Calls of this file's functions, by what their summaries say. */
import { summarize } from '../analyzeFunction';
import type { Span } from '../../lower/ir';
import { bareSymbol } from '../dims';
import { constantRank } from '../ranks';
import type { Requirement } from '../requirements';
import { sizeAt } from '../shapes';
import type { Shape } from '../shapes';
import type { FunctionAnalysis } from '../summary';
import { isSilent } from '../silent';
import { joinAll, NONE, numeral, UNKNOWN } from '../values';
import type { FunctionValue, InstanceValue, Value } from '../values';
import type { Arguments } from './calls';
import { findMethod } from './classes';
import type { Evaluator } from './evaluator';
import { learnArgument } from './learn';
import { modulesAmong, returnedFor } from './modulesPassed';
import { bindArguments, defaultsOf } from './parameters';
import { rankOfValue } from './ranks';
import { withFields } from './recordClasses';
import { substituteDim, substituteShape, substituteValue } from './substitution';
import type { Substitution } from './substitution';

/** What is told of a function that tells its caller nothing. */
const SILENT: Omit<FunctionAnalysis, 'key'> = {
  operations: [],
  calls: [],
  constructions: [],
  handed: [],
  requirements: new Map(),
  ranks: new Map(),
  hinges: false,
  returned: joinAll([]),
  attributes: new Map(),
  reads: new Set(),
};

/** What a function gives for these arguments. Its operations are its own: they are not reported here. */
export function callFunction(ev: Evaluator, called: FunctionValue, args: Arguments, span: Span): Value {
  const facts = ev.session.functionFacts(called.key);
  if (!facts || facts.name === '__init__') return UNKNOWN;
  const file = ev.session.fileOf(called.key);
  const silent = isSilent(file, facts);
  if (silent) ev.session.read(called.key);
  const summary = silent ? { key: called.key, ...SILENT } : summarize(ev.session, called.key);
  if (!summary) return UNKNOWN;
  const { parameters } = facts.def;
  const isStatic = facts.def.decorators.some((each) => each.kind === 'name' && each.name === 'staticmethod');
  const self = facts.owner !== null && !isStatic ? called.self : null;
  const bound = defaultsOf(
    ev,
    parameters,
    bindArguments(parameters, args.positional, args.keywords, self ? 1 : 0),
    file,
  );
  const instance = self?.kind === 'instance' ? self : null;
  const sizes = sizesOfCall(ev, summary, bound, instance);
  const by = { ...sizes, rank: ranksOfCall(ev, summary, bound) };
  for (const [name, requirement] of summary.requirements) {
    const argument = bound.get(name);
    if (argument) passOn(ev, argument, requirement, by);
  }
  for (const [name, rank] of summary.ranks) {
    const argument = bound.get(name);
    if (argument) learnArgument(ev, argument, rank, span);
  }
  ev.handOn(called.key, bound);
  ev.reportCall({
    key: called.key,
    modules: modulesAmong(bound),
    loops: [...ev.loops],
    arms: ev.control.path,
    // It is kept with the summary, and must not hold the evaluator: that would keep its whole file.
    translate: (dim) => substituteDim(dim, sizes),
  });
  if (silent) return summary.returned;
  const init = instance?.given ?? new Map<string, Value>();
  return substituteValue(returnedFor(ev, facts, summary, bound, init) ?? summary.returned, by);
}

/** Something is called that may be a function of this file. */
export function callCandidate(ev: Evaluator, { key }: FunctionValue, args: Arguments): void {
  const facts = ev.session.functionFacts(key);
  if (facts) ev.handOn(key, bindArguments(facts.def.parameters, args.positional, args.keywords, 0));
}

/** What the called function asks of its parameter, this one asks of the argument. */
function passOn(ev: Evaluator, argument: Value, requirement: Requirement, by: Substitution): void {
  const high = requirement.high ? substituteDim(requirement.high, by) : null;
  ev.options.requirements.needs(
    argument,
    substituteShape(requirement.shape, by),
    requirement.learned[0] ?? null,
    requirement.role,
    high,
  );
}

/** The attributes that a constructor assigns when it is called with these arguments. */
export function constructedAttributes(
  ev: Evaluator,
  constructor: string,
  bound: ReadonlyMap<string, Value>,
): ReadonlyMap<string, Value> {
  const summary = summarize(ev.session, constructor);
  if (!summary) return new Map();
  const by = { ...sizesOfCall(ev, summary, bound, null), rank: ranksOfCall(ev, summary, bound) };
  return new Map([...summary.attributes].map(([name, value]) => [name, substituteValue(value, by)]));
}

/** From the symbols of a called function to the values of the call. */
function sizesOfCall(
  ev: Evaluator,
  summary: FunctionAnalysis,
  given: ReadonlyMap<string, Value>,
  self: InstanceValue | null,
): Omit<Substitution, 'rank'> {
  const bound = withFields(ev, given);
  const prefix = `${summary.key}:`;
  const learned = new Map<string, Value>();
  for (const [name, requirement] of summary.requirements) {
    const argument = bound.get(name);
    if (argument?.kind === 'tensor') unify(requirement.shape, argument.shape, prefix, learned);
  }
  const own = (id: string): Value | null => {
    if (!id.startsWith(prefix)) return null;
    return learned.get(id) ?? byPath(bound, id.slice(prefix.length));
  };
  const ofInstance = self ? instanceValues(ev, self) : null;
  return {
    value: (id) => own(id) ?? ofInstance?.(id) ?? null,
    foreign: (id) => id.startsWith(prefix),
    argument: (parameter) => bound.get(parameter) ?? UNKNOWN,
  };
}

function ranksOfCall(
  ev: Evaluator,
  { key, ranks }: Pick<FunctionAnalysis, 'key' | 'ranks'>,
  given: ReadonlyMap<string, Value>,
): Substitution['rank'] {
  const bound = withFields(ev, given);
  const prefix = `${key}:`;
  return (id) => {
    if (!id.startsWith(prefix)) return undefined;
    const name = id.slice(prefix.length, -1);
    const known = ranks.get(name);
    if (known !== undefined) return constantRank(known);
    const argument = bound.get(name) ?? NONE;
    return argument.kind === 'none' ? null : rankOfValue(ev, argument);
  };
}

/** The sizes that stand for the symbols of a parameter's shape, when it gets an argument of this shape. */
function unify(parameter: Shape, argument: Shape, prefix: string, learned: Map<string, Value>): void {
  const fromEnd = parameter.open || argument.open || parameter.dims.length !== argument.dims.length;
  parameter.dims.forEach((dim, at) => {
    const size = sizeAt(argument, fromEnd ? at - parameter.dims.length : at);
    if (!dim || !size) return;
    const only = bareSymbol(dim);
    if (only?.id.startsWith(prefix) === true && !learned.has(only.id)) learned.set(only.id, numeral(size));
  });
}

/** `config.hidden_size` of a parameter `config` that was given under another name, or as an object that is known. */
function byPath(bound: ReadonlyMap<string, Value>, path: string): Value | null {
  const direct = bound.get(path);
  if (direct) return direct;
  const [head = '', ...rest] = path.split(/(?=[.[])/);
  const base = bound.get(head);
  if (!base || rest.length === 0) return null;
  if (base.kind === 'instance' && base.record && rest.every((each) => each.startsWith('.'))) {
    const field = (each: Value | null, part: string): Value | null =>
      each?.kind === 'instance' ? (each.given.get(part.slice(1)) ?? null) : null;
    return rest.reduce(field, base);
  }
  if (base.kind !== 'unknown' || !base.path) return null;
  const tail = rest.join('');
  return { kind: 'unknown', path: { id: base.path.id + tail, name: base.path.name + tail } };
}

/** The constructor arguments of one instance stand for its class's parameters. */
function instanceValues(ev: Evaluator, instance: InstanceValue): ((id: string) => Value | null) | null {
  if (instance.given.size === 0) return null;
  const constructor = findMethod(ev, instance.key, '__init__');
  if (constructor === null) return null;
  const prefix = `${constructor}:`;
  const given = withFields(ev, instance.given);
  return (id) => (id.startsWith(prefix) ? byPath(given, id.slice(prefix.length)) : null);
}

/** An attribute of a class, for one of its instances. */
export function forInstance(ev: Evaluator, value: Value, instance: InstanceValue): Value {
  const values = instanceValues(ev, instance);
  if (!values) return value;
  return substituteValue(value, { value: values, foreign: () => false, argument: () => null, rank: () => undefined });
}
