/**
 * Files of benchmark problems say themselves what their model is made of and run on: `get_init_inputs()` gives the
 * arguments of its constructor, `get_inputs()` those of its `forward`.
 */
import type { FunctionFacts } from '../../lower/facts';
import { summarize } from '../analyzeFunction';
import type { FileModel } from '../model';
import { sequenceOf } from '../values';
import type { Value } from '../values';
import { findMethod } from './classes';
import type { Evaluator } from './evaluator';
import { defaultsOf } from './parameters';

const NOTHING: ReadonlyMap<string, Value> = new Map();

/** The class that such files speak of: `Model`, or the only one that has a `forward`. */
export function isProblemModel(file: FileModel, qualname: string): boolean {
  return qualname === 'Model' || file.facts.classes.filter((each) => each.methods.has('forward')).length === 1;
}

/** The tensors that `get_inputs()` gives to a `forward`, by parameter name. */
export function providedInputs(ev: Evaluator, facts: FunctionFacts): ReadonlyMap<string, Value> {
  if (facts.name !== 'forward' || !isModelOf(ev, facts)) return NOTHING;
  const items = itemsOf(ev, 'get_inputs');
  const parameters = facts.def.parameters.slice(1);
  if (!items || items.length > parameters.length) return NOTHING;
  return new Map(
    items.flatMap((value, at) => {
      const name = parameters[at]?.name;
      return name !== undefined && value.kind === 'tensor' ? [[name, { ...value, parameter: name }] as const] : [];
    }),
  );
}

/** What the instance was made with whose method this is, by the constructor's parameters. */
export function providedInit(ev: Evaluator, facts: FunctionFacts): ReadonlyMap<string, Value> {
  if (facts.name === '__init__' || facts.owner === null || !isModelOf(ev, facts)) return NOTHING;
  const items = itemsOf(ev, 'get_init_inputs');
  const constructor = items && findMethod(ev, facts.owner, '__init__');
  if (constructor === null || !items) return NOTHING;
  const parameters = ev.session.functionFacts(constructor)?.def.parameters ?? [];
  const names = parameters.slice(1).map((each) => each.name);
  if (items.length > names.length) return NOTHING;
  const given = new Map(items.map((value, at) => [names[at] ?? '', value]));
  return defaultsOf(ev, parameters, given, ev.session.fileOf(constructor));
}

function isModelOf({ file }: Evaluator, { owner }: FunctionFacts): boolean {
  // Names tell at once that almost every file is of another kind.
  if (owner === null || !file.scope.lookup('get_inputs').some((each) => each.kind === 'function')) return false;
  const facts = file.classFacts(owner);
  return facts !== null && isProblemModel(file, facts.qualname);
}

function itemsOf(ev: Evaluator, name: string): readonly Value[] | null {
  const provider = ev.file.scope.lookup(name).find((each) => each.kind === 'function');
  const returned = provider ? summarize(ev.session, provider.key)?.returned : null;
  return returned ? (sequenceOf(returned)?.items ?? null) : null;
}
