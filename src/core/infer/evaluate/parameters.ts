/** Parameters: what they are at the start of a function, and which argument a call gives to which. */
import type { DefStmt, Expr, LambdaExpr, Parameter } from '../../lower/ir';
import { canonicalName } from '../../link/names';
import { isOfProject } from '../../link/standardLibrary';
import { constantAt, numberOf, symbol, withDefaults } from '../dims';
import { parameterRank } from '../ranks';
import { BOOL, optionsOf, sequence, tensor, UNKNOWN } from '../values';
import type { FileModel } from '../model';
import type { Evaluated, Framework, Site, Value } from '../values';
import { shapeAnnotation } from './annotations';
import type { Evaluator } from './evaluator';
import { rankId, withRank } from './ranks';

/**
 * Binds the parameters of a definition in the evaluator's frame.
 * @param self the first argument of a method; null for functions
 * @param given arguments by name; null where nothing is known of the call
 */
export function bindInitial(
  ev: Evaluator,
  def: Pick<DefStmt | LambdaExpr, 'parameters'>,
  self: Value | null,
  given: ReadonlyMap<string, Value> | null,
): void {
  def.parameters.forEach((parameter, at) => {
    const value = at === 0 && self ? self : (given?.get(parameter.name) ?? initialValue(ev, parameter, given === null));
    const rank = parameterRank(rankId(ev.owner, parameter.name));
    const named = (value.kind === 'tensor' || value.kind === 'unknown') && value.parameter === parameter.name;
    const ranked = value.kind === 'tensor' ? withRank(value, rank) : { ...value, rank };
    ev.frame.set(parameter.name, named ? ranked : value);
  });
}

/** A parameter of which no argument is known. @param labelled uses of the value count as uses of the parameter */
function initialValue(ev: Evaluator, parameter: Parameter, labelled: boolean): Value {
  const { name } = parameter;
  const id = `${ev.owner}:${name}`;
  if (parameter.form === '*')
    return { kind: 'tuple', items: null, element: { kind: 'unknown', path: { id: `${id}[]`, name: `${name}[]` } } };
  if (parameter.form === '**') return { kind: 'dict', element: UNKNOWN, entries: null };
  const annotated = parameter.annotation ? fromAnnotation(ev, parameter.annotation, name) : null;
  if (annotated?.kind === 'tensor' || annotated?.kind === 'unknown')
    return labelled ? { ...annotated, parameter: name } : annotated;
  const number =
    annotated?.kind === 'number' && parameter.default ? fromDefault(ev, parameter.default, id, name) : null;
  if (annotated) return number?.kind === 'number' ? number : annotated;
  const byDefault = parameter.default ? fromDefault(ev, parameter.default, id, name) : null;
  if (byDefault) return byDefault;
  return { kind: 'unknown', path: { id, name }, ...(labelled ? { parameter: name } : {}) };
}

/** A number is a symbol that knows its default; a class or function is taken for what is mostly passed. */
function fromDefault(ev: Evaluator, expr: Expr, id: string, name: string): Value | null {
  if (expr.kind === 'number') return { kind: 'number', dim: symbol(id, name, expr.value) };
  if (expr.kind === 'constant') return expr.value === 'None' || expr.value === '...' ? null : BOOL;
  if (expr.kind === 'string') return { kind: 'text', text: null };
  if (expr.kind !== 'name' && expr.kind !== 'attribute') return null;
  ev.silent++;
  const value = ev.evaluate(expr);
  ev.silent--;
  const known = value.kind === 'number' && value.dim ? numberOf(value.dim) : null;
  if (known !== null) return { kind: 'number', dim: symbol(id, name, known) };
  return optionsOf(value).every(
    (each) =>
      each.kind === 'class' ||
      each.kind === 'function' ||
      (each.kind === 'qualified' && !/dtype|float|int|bool/.test(each.name)),
  )
    ? value
    : null;
}

const TENSOR_NAMES: Readonly<Record<string, Framework>> = {
  'torch.Tensor': 'torch',
  'torch.FloatTensor': 'torch',
  'torch.LongTensor': 'torch',
  'torch.BoolTensor': 'torch',
  'torch.nn.Parameter': 'torch',
  'numpy.ndarray': 'numpy',
  'numpy.typing.NDArray': 'numpy',
  'jax.Array': 'jax',
  'jax.numpy.ndarray': 'jax',
};

const TENSOR_DTYPES: Readonly<Record<string, string>> = {
  'torch.LongTensor': 'i64',
  'torch.BoolTensor': 'bool',
  'torch.FloatTensor': 'f32',
};

/** What an annotation says of a value, or null. */
function fromAnnotation(ev: Evaluator, expr: Expr, name: string): Value | null {
  const id = `${ev.owner}:${name}`;
  if (expr.kind === 'binary' && expr.operator === '|')
    return fromAnnotation(ev, expr.left, name) ?? fromAnnotation(ev, expr.right, name);
  if (expr.kind === 'string') return expr.value === null ? null : fromText(expr.value);
  if (expr.kind === 'subscript') {
    const shaped = shapeAnnotation(ev, expr);
    if (shaped) return shaped;
    const outer = qualifiedOf(ev, expr.object);
    const [inner] = expr.index;
    if (outer && /(?:^|\.)(?:Optional|Annotated|Final)$/.test(outer) && inner) return fromAnnotation(ev, inner, name);
    if (outer && /(?:^|\.)(?:Union)$/.test(outer)) {
      for (const each of expr.index) {
        const found = fromAnnotation(ev, each, name);
        if (found) return found;
      }
    }
    return outer !== null && TENSOR_NAMES[outer] ? tensor(TENSOR_NAMES[outer]) : null;
  }
  if (expr.kind !== 'name' && expr.kind !== 'attribute') return null;
  const value = annotationValue(ev, expr);
  if (value.kind === 'class') return { kind: 'instance', key: value.key, given: new Map(), path: { id, name } };
  if (value.kind !== 'qualified') return null;
  const framework = TENSOR_NAMES[value.name];
  if (framework) return { ...tensor(framework), dtype: TENSOR_DTYPES[value.name] ?? null };
  switch (value.name) {
    case 'builtins.int':
      return { kind: 'number', dim: symbol(id, name) };
    case 'builtins.float':
      return { kind: 'number', dim: symbol(id, name) };
    case 'builtins.bool':
      return BOOL;
    case 'builtins.str':
      return { kind: 'text', text: null };
    case 'torch.nn.Linear':
    case 'torch.nn.Embedding':
      return { kind: 'module', type: value.name, args: new Map(), site: null };
    default:
      return isOfProject(value.name) && !value.name.startsWith('.')
        ? { kind: 'unknown', path: { id, name }, type: value.name }
        : null;
  }
}

function fromText(text: string): Value | null {
  if (/^(?:torch\.)?(?:Tensor|FloatTensor|LongTensor)$/.test(text.trim())) return tensor('torch');
  return null;
}

function annotationValue(ev: Evaluator, expr: Expr): Value {
  return ev.unlinked(() => ev.atTopLevel(ev.file, () => ev.evaluate(expr)));
}

function qualifiedOf(ev: Evaluator, expr: Expr): string | null {
  if (expr.kind !== 'name' && expr.kind !== 'attribute') return null;
  const value = annotationValue(ev, expr);
  return value.kind === 'qualified' ? canonicalName(value.name) : null;
}

/** Arguments by parameter name. @param skip parameters that are bound already: 1 for the self of a method */
export function bindArguments(
  parameters: readonly Parameter[],
  positional: readonly Evaluated[],
  keywords: ReadonlyMap<string, Evaluated>,
  skip: number,
): ReadonlyMap<string, Value> {
  const bound = new Map<string, Value>();
  const byPosition = parameters
    .slice(skip)
    .filter((each) => each.form === 'positional' || each.form === 'positional-only');
  for (const [at, argument] of positional.entries()) {
    // What an unpacked argument fills is not known, nor what follows it.
    if (argument.expr.kind === 'starred') break;
    const parameter = byPosition[at];
    if (parameter) bound.set(parameter.name, argument.value);
  }
  const rest = parameters.find((each) => each.form === '*');
  const others = positional.slice(byPosition.length);
  if (rest && rest.name !== '' && positional.every((each) => each.expr.kind !== 'starred'))
    bound.set(
      rest.name,
      sequence(
        'tuple',
        others.map((each) => each.value),
      ),
    );
  for (const [name, argument] of keywords) bound.set(name, argument.value);
  return bound;
}

/**
 * The values of the defaults that a call leaves in place: they are certain then.
 * @param file where the definition stands; null for one that sees the variables that are in sight now
 */
export function defaultsOf(
  ev: Evaluator,
  parameters: readonly Parameter[],
  bound: ReadonlyMap<string, Value>,
  file: FileModel | null,
): ReadonlyMap<string, Value> {
  const all = new Map(bound);
  for (const parameter of parameters) {
    if (all.has(parameter.name) || !parameter.default) continue;
    const { default: expr } = parameter;
    const site = (): Site => (file ? file.siteAt(expr, ev.session.keyIn(file, '')) : ev.site(expr));
    if (expr.kind === 'number') all.set(parameter.name, { kind: 'number', dim: constantAt(expr.value, site()) });
    else if (expr.kind === 'constant' && /^(?:True|False)$/.test(expr.value))
      all.set(parameter.name, { kind: 'bool', value: expr.value === 'True' });
    else {
      const evaluate = (): Value | null => fromDefault(ev, expr, '', parameter.name);
      const value = file ? ev.atTopLevel(file, evaluate) : evaluate();
      const size = value?.kind === 'number' && value.dim ? numberOf(withDefaults(value.dim)) : null;
      if (size !== null) all.set(parameter.name, { kind: 'number', dim: constantAt(size, site()) });
      else if (value) all.set(parameter.name, value);
    }
  }
  return all;
}
