/** What names and attributes stand for. */
import type { AttributeExpr, NameExpr } from '../../lower/ir';
import { canonicalName } from '../../link/names';
import { moduleOperation, operationOf } from '../family';
import { elementCount, rankTerm, shapeOf, sizeAt, UNKNOWN_SHAPE } from '../shapes';
import { dtypeValue } from '../tensors/dtypes';
import { transposed } from '../tensors/reshape';
import { join, joinAll, keyedItem, NUMBER, numeral, optionsOf, rankNumber, tensor, UNKNOWN } from '../values';
import type { InstanceValue, ModuleValue, TensorValue, Value } from '../values';
import { attributeOf, findMethod } from './classes';
import type { Evaluator } from './evaluator';
import { boundImport, memberOf, starred } from './imports';
import { holdsModules } from './modulesPassed';
import { rankOfValue } from './ranks';
import { defaultedField, withoutAssignedFields } from './recordClasses';

const BUILTINS = new Set([
  'int', 'float', 'str', 'bool', 'len', 'range', 'zip', 'enumerate', 'reversed', 'list', 'tuple', 'dict', 'set', 'max', 'min', 'abs', 'sum', 'round',
  'super', 'isinstance', 'getattr', 'setattr', 'hasattr', 'print', 'map', 'filter', 'sorted', 'any', 'all', 'iter', 'next', 'type', 'id', 'pow', 'divmod', 'repr', 'callable', 'property', 'object',
]); // prettier-ignore

export function evaluateName(ev: Evaluator, expr: NameExpr): Value {
  return ev.frame.get(expr.name) ?? moduleName(ev, expr.name);
}

/** A name of the file's top level, of a star import, or a builtin. */
export function moduleName(ev: Evaluator, name: string): Value {
  const { scope } = ev.file;
  const bindings = scope.lookup(name, ev.reach);
  if (bindings.length > 0) {
    return joinAll(
      bindings.map((each): Value => {
        switch (each.kind) {
          case 'import':
            return boundImport(ev, each);
          case 'function':
            return { kind: 'function', key: each.key, self: null };
          case 'class':
            return { kind: 'class', key: each.key };
          case 'value':
            return moduleValue(ev, name);
        }
      }),
    );
  }
  for (const module of scope.starred) {
    const qualified = canonicalName(`${module}.${name}`);
    if (
      operationOf(qualified) ??
      moduleOperation(qualified) ??
      (module.startsWith('torch.nn') && /^[A-Z]/.test(name) ? true : null)
    ) {
      return { kind: 'qualified', name: qualified };
    }
  }
  if (BUILTINS.has(name)) return { kind: 'qualified', name: `builtins.${name}` };
  return starred(ev, scope, name) ?? UNKNOWN;
}

/** The value of a variable of the top level; all its assignments count. */
function moduleValue(ev: Evaluator, name: string): Value {
  const { file, reach } = ev;
  const ordinal = file.scope.ordinal(name, reach);
  const key = ev.session.keyIn(file, ordinal === 0 ? `:${name}` : `:${name}#${ordinal}`);
  const assigned = file.scope.lookup(name, reach).filter((each) => each.kind === 'value');
  const compute = (): Value => {
    const values = assigned.map(({ value, start }) => ev.atTopLevel(file, () => ev.evaluate(value), start));
    return withoutAssignedFields(named(joinAll(values), key, name), name, file.facts.module);
  };
  return ev.session.keep('variables', key, compute, UNKNOWN);
}

/** A value of unknown size is known by the name it has. */
export function named(value: Value, id: string, name: string): Value {
  if (value.kind === 'number' && value.dim === null && !value.rank) return { kind: 'unknown', path: { id, name } };
  if (value.kind === 'unknown' && !value.path && !value.dim && value.parameter === undefined)
    return { ...value, path: { id, name } };
  // One of several sizes, of which nobody knows which.
  const sizes = optionsOf(value).filter((each) => each.kind !== 'none');
  if (sizes.length > 1 && sizes.some((each) => each.kind === 'number') && sizes.every(isSize))
    return { kind: 'unknown', path: { id, name } };
  return value;
}

function isSize(value: Value): boolean {
  return value.kind === 'number' || (value.kind === 'unknown' && value.type === undefined);
}

export function evaluateAttribute(
  ev: Evaluator,
  object: Value,
  expr: Pick<AttributeExpr, 'name' | 'start' | 'end'>,
): Value {
  const options = optionsOf(object);
  if (options.length > 1) return options.map((each) => evaluateAttribute(ev, each, expr)).reduce(join);
  const { name } = expr;
  switch (object.kind) {
    case 'qualified':
      return memberOf(ev, object.name, name);
    case 'instance': {
      const assigned = isSelf(ev, object) ? ev.frame.attribute(name) : null;
      const value = assigned ?? attributeOf(ev, object, name);
      return object.path ? fieldOf(object.path, name, value) : (value ?? UNKNOWN);
    }
    case 'class': {
      const method = findMethod(ev, object.key, name);
      return method
        ? { kind: 'function', key: method, self: null }
        : (attributeOf(ev, { kind: 'instance', key: object.key, given: new Map() }, name) ?? UNKNOWN);
    }
    case 'tensor':
      return tensorAttribute(object, name);
    case 'module':
      return moduleAttribute(object, name) ?? { kind: 'method', self: object, name };
    case 'unknown': {
      const { path } = object;
      if (name === 'shape') return { kind: 'shape', tensor: object };
      if (name === 'ndim' && object.parameter !== undefined) return rankNumber(rankOfValue(ev, object));
      return path ? { kind: 'unknown', path: { id: `${path.id}.${name}`, name: `${path.name}.${name}` } } : UNKNOWN;
    }
    case 'container':
      return keyedItem(object, name) ?? { kind: 'method', self: object, name };
    case 'dict':
      return object.entries?.get(name) ?? { kind: 'method', self: object, name };
    default:
      return { kind: 'method', self: object, name };
  }
}

/** A field of an instance that came from outside: a number in it is not the one that its class begins with. */
function fieldOf({ id, name: owner }: NonNullable<InstanceValue['path']>, name: string, value: Value | null): Value {
  const path = { id: `${id}.${name}`, name: `${owner}.${name}` };
  if (value?.kind === 'instance') return { ...value, path };
  const says = value !== null && !['number', 'text', 'bool', 'none', 'unknown', 'union'].includes(value.kind);
  return says || (value !== null && holdsModules(value)) ? value : defaultedField(path, value);
}

function isSelf(ev: Evaluator, object: Value): boolean {
  return object.kind === 'instance' && object.key === ev.options.ownerClass;
}

function tensorAttribute(object: TensorValue, name: string): Value {
  switch (name) {
    case 'shape':
      return { kind: 'shape', tensor: object };
    case 'T':
      return transposed(object, true);
    case 'mT':
    case 'mH':
      return transposed(object, false);
    case 'H':
      return transposed(object, true);
    case 'ndim':
      return rankNumber(rankTerm(object.shape));
    case 'size':
      return object.framework === 'torch'
        ? { kind: 'method', self: object, name }
        : numeral(elementCount(object.shape));
    case 'data':
    case 'grad':
    case 'real':
    case 'imag':
      return { ...object };
    case 'dtype':
      return dtypeValue(object.dtype) ?? UNKNOWN;
    case 'device':
      return { kind: 'text', text: null };
    case 'requires_grad':
    case 'is_cuda':
      return UNKNOWN;
    default:
      return { kind: 'method', self: object, name };
  }
}

/** The weights and sizes of a torch.nn module. */
export function moduleAttribute(module: ModuleValue, name: string): Value | null {
  const size = (parameter: string) => {
    const given = module.args.get(parameter);
    return given?.kind === 'number' ? given.dim : given?.kind === 'unknown' ? (given.dim ?? null) : null;
  };
  const weight = (...dims: readonly ReturnType<typeof size>[]): TensorValue => ({
    ...tensor('torch', shapeOf(dims), 'f32'),
    weight: true,
  });
  switch (module.type) {
    case 'torch.nn.Linear':
    case 'torch.nn.LazyLinear':
      if (name === 'weight') return weight(size('out_features'), size('in_features'));
      if (name === 'bias') return weight(size('out_features'));
      break;
    case 'torch.nn.Embedding':
      if (name === 'weight') return weight(size('num_embeddings'), size('embedding_dim'));
      break;
    default:
      if (name === 'weight' || name === 'bias') return { ...tensor('torch', UNKNOWN_SHAPE, 'f32'), weight: true };
  }
  const argument = module.args.get(name);
  return argument && (argument.kind === 'number' || argument.kind === 'unknown') ? argument : null;
}

/** A dimension of the shape of a value; one of an unknown shape is known by its path. */
export function shapeItem(
  ev: Evaluator,
  source: TensorValue | Extract<Value, { kind: 'unknown' }>,
  index: number,
  text: string,
): Value {
  const size = source.kind === 'tensor' ? sizeAt(source.shape, index) : null;
  if (size) return numeral(size);
  const label = source.parameter ?? null;
  if (label !== null) return { kind: 'unknown', path: { id: `${ev.owner}:${label}.shape[${index}]`, name: text } };
  return NUMBER;
}
