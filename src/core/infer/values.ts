/** What is known of a Python value. Values are immutable; a refined value is a new one. */
import type { DefStmt, Expr, LambdaExpr } from '../lower/ir';
import { constant, symbol } from './dims';
import type { Dim } from './dims';
import type { Frame } from './frame';
import type { Rank } from './ranks';
import { sameRank } from './ranks';
import { joinShapes, openShape, rankTerm, sameShape, sameSize, UNKNOWN_SHAPE } from './shapes';
import type { Shape } from './shapes';
import type { Site } from './site';

export type { Site } from './site';

export type Framework = 'torch' | 'numpy' | 'jax';

export interface UnknownValue {
  readonly kind: 'unknown';
  /** A dotted path that names it, such as `config.hidden_size`, with what makes it unique. */
  readonly path?: { readonly id: string; readonly name: string };
  /** The size that it is, should it be a number. */
  readonly dim?: Dim;
  /** The parameter of the present function that it is. */
  readonly parameter?: string;
  /** The parameter whose shape it has, should it be a tensor. */
  readonly like?: string;
  /** The number of its dimensions, should it be a tensor. */
  readonly rank?: Rank;
  /** Qualified name of its class in another file, by an annotation. It is looked at where the value is called. */
  readonly type?: string;
  /** The function that it may be: the one that whatever gave it was given. */
  readonly candidate?: FunctionValue;
}
export interface TensorValue {
  readonly kind: 'tensor';
  readonly framework: Framework;
  readonly shape: Shape;
  /** `f32`, `i64`, ... or null. */
  readonly dtype: string | null;
  /** The parameter of the present function that it is, unchanged. */
  readonly parameter?: string;
  /** The parameter whose shape it has, where that shape is not known. */
  readonly like?: string;
  /** A weight: torch.nn.Parameter or a module's. */
  readonly weight?: true;
}
export interface NumberValue {
  readonly kind: 'number';
  readonly dim: Dim | null;
  /** The number of dimensions that it is, where that is not known as a number. */
  readonly rank?: Rank;
}
export interface TextValue {
  readonly kind: 'text';
  readonly text: string | null;
}
export interface ConstantValue {
  readonly kind: 'none' | 'bool';
  /** Which of the two a bool is; left out where that is not known. */
  readonly value?: boolean;
  /** Which of the two it is where an optional argument is left out. */
  readonly without?: boolean;
}
export interface SequenceValue {
  readonly kind: 'tuple' | 'list';
  /** Null where the number of items is not known. */
  readonly items: readonly Value[] | null;
  /** Stands for every item. */
  readonly element: Value;
  /** Its length, where that is known although the items are not. */
  readonly length?: Dim;
  /** Where the items are not known: sizes of which all but the last ones are those of another shape. */
  readonly lead?: { readonly count: Rank; readonly tail: readonly Value[] };
}
export interface DictValue {
  readonly kind: 'dict';
  readonly element: Value;
  readonly entries: ReadonlyMap<string, Value> | null;
}
/** The shape of a tensor as a Python value. */
export interface ShapeValue {
  readonly kind: 'shape';
  readonly tensor: TensorValue | UnknownValue;
}
/** Something imported, by its qualified name: a module, a class or a function of another file. */
export interface QualifiedValue {
  readonly kind: 'qualified';
  readonly name: string;
}
export interface ClassValue {
  readonly kind: 'class';
  readonly key: string;
}
export interface FunctionValue {
  readonly kind: 'function';
  readonly key: string;
  readonly self: Value | null;
}
/** A nested function or lambda; its code is evaluated where it is called. */
export interface ClosureValue {
  readonly kind: 'closure';
  readonly code: LambdaExpr | DefStmt;
  /** The variables that it sees from outside. */
  readonly frame: Frame;
  /** The function, or top level, in whose code it stands, as in a {@link Site}. */
  readonly owner: string;
}
/** A method of a value that is not of this file's classes. */
export interface MethodValue {
  readonly kind: 'method';
  readonly self: Value;
  readonly name: string;
}
/** An instance of a class of this file. */
export interface InstanceValue {
  readonly kind: 'instance';
  readonly key: string;
  /** Constructor parameters as they were given, by name. */
  readonly given: ReadonlyMap<string, Value>;
  /** It only holds values, as a dataclass does. */
  readonly record?: true;
  /** The parameter that it is: nobody knows what it was constructed with, and its fields are known by their names. */
  readonly path?: { readonly id: string; readonly name: string };
}
/** A module of torch.nn that is no container. */
export interface ModuleValue {
  readonly kind: 'module';
  /** Canonical qualified name, such as `torch.nn.Linear`. */
  readonly type: string;
  /** Constructor arguments by parameter name. */
  readonly args: ReadonlyMap<string, Value>;
  /** Where it was constructed. */
  readonly site: Site | null;
}
export interface ContainerValue {
  readonly kind: 'container';
  readonly type: 'Sequential' | 'ModuleList' | 'ModuleDict';
  readonly items: readonly Value[] | null;
  /** Under which keys a ModuleDict holds its items. */
  readonly keys?: readonly string[];
  readonly element: Value;
}
/** One of a few. */
export interface UnionValue {
  readonly kind: 'union';
  readonly options: readonly Value[];
}

export type Value =
  | UnknownValue
  | TensorValue
  | NumberValue
  | TextValue
  | ConstantValue
  | SequenceValue
  | DictValue
  | ShapeValue
  | QualifiedValue
  | ClassValue
  | FunctionValue
  | ClosureValue
  | MethodValue
  | InstanceValue
  | ModuleValue
  | ContainerValue
  | UnionValue;

export const UNKNOWN: UnknownValue = { kind: 'unknown' };
export const NONE: ConstantValue = { kind: 'none' };
export const BOOL: ConstantValue = { kind: 'bool' };
export const NUMBER: NumberValue = { kind: 'number', dim: null };

const MAX_OPTIONS = 6;

export function tensor(framework: Framework, shape: Shape = UNKNOWN_SHAPE, dtype: string | null = null): TensorValue {
  return { kind: 'tensor', framework, shape, dtype };
}

export function numeral(dim: Dim | null): NumberValue {
  return dim === null ? NUMBER : { kind: 'number', dim };
}

/** A number of dimensions; undefined: nothing is known of it. */
export function rankNumber(rank: Rank | undefined): NumberValue {
  if (!rank) return NUMBER;
  return rank.base ? { kind: 'number', dim: null, rank } : { kind: 'number', dim: constant(rank.plus) };
}

export function sequence(kind: 'tuple' | 'list', items: readonly Value[]): SequenceValue {
  return { kind, items, element: joinAll(items) };
}

export function listOf(element: Value, length?: Dim): SequenceValue {
  return length ? { kind: 'list', items: null, element, length } : { kind: 'list', items: null, element };
}

/** Sizes of which some at the front are an unknown number of another shape's. */
export function ledBy(count: Rank, tail: readonly Value[]): SequenceValue {
  return { kind: 'tuple', items: null, element: NUMBER, lead: { count, tail } };
}

export function joinAll(values: readonly Value[]): Value {
  const [first, ...rest] = values;
  return first ? rest.reduce(join, first) : UNKNOWN;
}

/** What is known of a value that is one of two. */
export function join(a: Value, b: Value): Value {
  if (a === b || sameValue(a, b)) return a;
  if (a.kind === 'tensor' && b.kind === 'tensor' && a.framework === b.framework) {
    return {
      kind: 'tensor',
      framework: a.framework,
      shape: joinShapes(a.shape, b.shape),
      dtype: a.dtype === b.dtype ? a.dtype : null,
      ...(a.like !== undefined && a.like === b.like ? { like: a.like } : {}),
    };
  }
  if (a.kind === 'number' && b.kind === 'number') return NUMBER;
  if (isPlain(a) && b.kind === 'number') return NUMBER;
  if (a.kind === 'number' && isPlain(b)) return NUMBER;
  if (a.kind === 'bool' && b.kind === 'bool') return BOOL;
  if (a.kind === 'none' || b.kind === 'none') return join2(a, b);
  if (a.kind === 'unknown' || b.kind === 'unknown') {
    // A value that is a tensor on one path most likely is one on the other.
    const known = a.kind === 'unknown' ? b : a;
    const { rank } = a.kind === 'unknown' ? a : b.kind === 'unknown' ? b : UNKNOWN;
    if (known.kind === 'tensor')
      return tensor(known.framework, rank && sameRank(rank, rankTerm(known.shape)) ? openShape(rank) : UNKNOWN_SHAPE);
    if (a.kind === 'unknown' && b.kind === 'unknown' && (isPlain(a) || isPlain(b)))
      return withoutName(isPlain(a) ? b : a);
    return join2(a, b);
  }
  return join2(a, b);
}

/** A value that may be another one: what its name says of its size no longer holds, that it may be an argument does. */
function withoutName({ parameter, like }: UnknownValue): UnknownValue {
  return {
    kind: 'unknown',
    ...(parameter === undefined ? {} : { parameter }),
    ...(like === undefined ? {} : { like }),
  };
}

/** Nothing is known of it, not even a name. */
function isPlain(value: Value): boolean {
  return value.kind === 'unknown' && value.path === undefined;
}

function join2(a: Value, b: Value): Value {
  const options: Value[] = [];
  const all = [...optionsOf(a), ...optionsOf(b)];
  const bools = all.filter((each) => each.kind === 'bool');
  const bool = bools.length > 0 ? joinAll(bools) : UNKNOWN;
  for (const each of all.map((option) => (option.kind === 'bool' ? bool : option))) {
    if (!options.some((other) => sameValue(each, other))) options.push(each);
  }
  const meaningful = options.filter((each) => each.kind !== 'unknown' || each.path !== undefined);
  const [only, second] = meaningful.length > 0 ? meaningful : options;
  if (only && !second) return only;
  return options.length > MAX_OPTIONS ? UNKNOWN : { kind: 'union', options: meaningful };
}

export function optionsOf(value: Value): readonly Value[] {
  return value.kind === 'union' ? value.options : [value];
}

/** What a value is where it is not None. */
export function withoutNone(value: Value): Value {
  return joinAll(optionsOf(value).filter((each) => each.kind !== 'none'));
}

/** Named values of two ways, each joined with its namesake; a name of one way alone is used only where that was taken. */
export function joinNamed(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): Map<string, Value> {
  const joined = new Map(a);
  for (const [name, value] of b) {
    const known = joined.get(name);
    if (known !== value) joined.set(name, known ? join(known, value) : value);
  }
  return joined;
}

/** A sequence in a sequence in a sequence is still looked into. */
const MAX_DEPTH = 4;

/** Whether something that a value may be, or what it may hold as a sequence or dict, passes a test. */
export function someInside(value: Value, passes: (each: Value) => boolean, depth = 0): boolean {
  return optionsOf(value).some((each) => {
    if (each.kind !== 'tuple' && each.kind !== 'list' && each.kind !== 'dict') return passes(each);
    const items = each.kind === 'dict' ? [each.element] : (each.items ?? [each.element]);
    return depth < MAX_DEPTH && items.some((item) => someInside(item, passes, depth + 1));
  });
}

/** The item of a container under a key, or null. */
export function keyedItem({ keys, items }: ContainerValue, key: string): Value | null {
  return items?.[keys?.indexOf(key) ?? -1] ?? null;
}

/** A value as a size, or null. A value of unknown kind has a symbol of its own. */
export function sizeOf(value: Value): Dim | null {
  const sizes: (Dim | null)[] = [];
  for (const each of optionsOf(value)) {
    if (each.kind === 'number') sizes.push(each.dim);
    if (each.kind === 'unknown') sizes.push(each.dim ?? (each.path ? symbol(each.path.id, each.path.name) : null));
  }
  const [first = null, ...rest] = sizes;
  return rest.every((each) => sameSize(first, each)) ? first : null;
}

/** The first option of a value that is of the wanted kind. */
export function pick<K extends Value['kind']>(value: Value, kind: K): Extract<Value, { kind: K }> | null {
  for (const each of optionsOf(value)) if (each.kind === kind) return each as Extract<Value, { kind: K }>;
  return null;
}

/** The list or tuple that a value is, or may be. */
export function sequenceOf(value: Value): SequenceValue | null {
  for (const each of optionsOf(value)) if (each.kind === 'tuple' || each.kind === 'list') return each;
  return null;
}

function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case 'none':
      return true;
    case 'bool':
      return b.kind === 'bool' && a.value === b.value && a.without === b.without;
    case 'tensor':
      return (
        b.kind === 'tensor' &&
        a.framework === b.framework &&
        a.dtype === b.dtype &&
        a.like === b.like &&
        sameShape(a.shape, b.shape)
      );
    case 'qualified':
      return b.kind === 'qualified' && a.name === b.name;
    case 'class':
      return b.kind === 'class' && a.key === b.key;
    case 'module':
      return (
        b.kind === 'module' && a.type === b.type && a.site?.start === b.site?.start && a.site?.owner === b.site?.owner
      );
    case 'instance':
      return b.kind === 'instance' && a.key === b.key && a.given === b.given;
    case 'unknown':
      return (
        b.kind === 'unknown' && a.path?.id === b.path?.id && a.parameter === b.parameter && sameRank(a.rank, b.rank)
      );
    case 'number':
      return b.kind === 'number' && a.dim === b.dim && sameRank(a.rank, b.rank);
    default:
      return false;
  }
}

/** An expression and what it evaluates to. */
export interface Evaluated {
  readonly expr: Expr;
  readonly value: Value;
}
