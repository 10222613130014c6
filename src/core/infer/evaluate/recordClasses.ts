/**
 * Classes that only hold values, whose constructor follows from their annotated fields: dataclasses, attrs classes,
 * named tuples and pydantic models, as configurations are written.
 */
import type { AssignStmt, ClassStmt, Expr, Parameter, Stmt } from '../../lower/ir';
import { walkStatements } from '../../lower/walk';
import { numberOf, symbol, withDefaults } from '../dims';
import { UNKNOWN } from '../values';
import type { InstanceValue, UnknownValue, Value } from '../values';
import { ancestryOf } from './classes';
import type { Evaluator } from './evaluator';

const DECORATOR = /^(?:dataclass|define|frozen|mutable|attrs|s|pydantic_dataclass)$/;
const BASE = /(?:^|\.)(?:NamedTuple|BaseModel|BaseSettings)$/;

/** The constructor's parameters, those of the classes that it derives from first; null for any other class. */
export function recordParameters(ev: Evaluator, key: string): readonly Parameter[] | null {
  const { known, unknown } = ancestryOf(ev, key);
  const statements = known.flatMap((each) => ev.session.classFacts(each)?.statement ?? []);
  if (!unknown.some((each) => BASE.test(each)) && !statements.some(isDecorated)) return null;
  const fields = new Map<string, Parameter>();
  for (const { body } of statements.toReversed()) {
    for (const each of body) {
      const field = each.kind === 'assign' ? fieldOf(each) : null;
      if (field) fields.set(field.name, field);
    }
  }
  return [...fields.values()];
}

function isDecorated({ decorators }: ClassStmt): boolean {
  return decorators.some((each) => {
    const called = each.kind === 'call' ? each.callee : each;
    return (called.kind === 'name' || called.kind === 'attribute') && DECORATOR.test(called.name);
  });
}

function fieldOf({ targets: [target], annotation, value, start, end }: AssignStmt): Parameter | null {
  if (target?.kind !== 'name' || !annotation) return null;
  return { name: target.name, form: 'positional', annotation, default: value && defaultIn(value), start, end };
}

/** `field(default=768)` at the top of a class is an attribute whose default is 768. */
export function defaultIn(value: Expr): Expr {
  if (value.kind !== 'call' || value.callee.kind === 'call') return value;
  return value.args.find((each) => each.name === 'default')?.value ?? value;
}

/** What a field of an instance was given when that was constructed; null where it is no field, or was given nothing. */
export function fieldGiven(ev: Evaluator, { key, given }: InstanceValue, name: string): Value | null {
  const value = given.get(name);
  return value && recordParameters(ev, key)?.some((each) => each.name === name) === true ? value : null;
}

/** A field of an instance that nobody knows the construction of: should it be a number, the source gives a default. */
export function defaultedField(path: NonNullable<UnknownValue['path']>, value: Value | null): UnknownValue {
  const size = value?.kind === 'number' ? value.dim : null;
  const number = size ? numberOf(withDefaults(size)) : null;
  if (!size || number === null) return { kind: 'unknown', path };
  return { kind: 'unknown', path, dim: symbol(path.id, path.name, number, size.sources) };
}

/** An instance one of whose fields was assigned. */
export function withField(instance: InstanceValue, name: string, value: Value): InstanceValue {
  return { ...instance, given: new Map(instance.given).set(name, value) };
}

/** The value of a variable of the top level, without what that assigns to its fields later on. */
export function withoutAssignedFields(value: Value, name: string, statements: readonly Stmt[]): Value {
  if (value.kind !== 'instance' || !value.record) return value;
  let known = value;
  walkStatements(statements, (each) => {
    const targets = each.kind === 'assign' ? each.targets : each.kind === 'augment' ? [each.target] : [];
    for (const target of targets) {
      if (target.kind === 'attribute' && target.object.kind === 'name' && target.object.name === name)
        known = withField(known, target.name, UNKNOWN);
    }
  });
  return known;
}
