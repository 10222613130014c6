/** Values of one function put in terms of another: parameters are replaced by the arguments of a call. */
import { numberOf, substitute, symbolsOf } from '../dims';
import type { Dim } from '../dims';
import { substituteRank } from '../ranks';
import type { Rank } from '../ranks';
import { meetShapes, openShape, shapeOf } from '../shapes';
import type { Shape, Size } from '../shapes';
import { ledBy, NUMBER, rankNumber, sizeOf } from '../values';
import type { TensorValue, UnknownValue, Value } from '../values';

export interface Substitution {
  /** The value that stands for a symbol or path, by its id; null: it has none here. */
  readonly value: (id: string) => Value | null;
  /** Whether a symbol that was not replaced means nothing on this side. */
  readonly foreign: (id: string) => boolean;
  /** The argument given for a parameter, for values that are, or are shaped like, that parameter. */
  readonly argument: (parameter: string) => Value | null;
  /** The rank that stands for that of a parameter, by its id; null where the call leaves that out. */
  readonly rank: (id: string) => Rank | null | undefined;
}

export function substituteDim(dim: Dim, by: Omit<Substitution, 'rank'>): Size {
  const replaced = substitute(dim, (each) => {
    const value = by.value(each.id);
    return value ? sizeOf(value) : null;
  });
  // -1 stands for whatever is left over.
  const number = numberOf(replaced);
  if (number !== null && number < 0) return null;
  return symbolsOf(replaced).some((each) => by.foreign(each.id)) ? null : replaced;
}

export function substituteShape(shape: Shape, by: Substitution): Shape {
  const dims = shape.dims.map((each) => (each ? substituteDim(each, by) : null));
  return shape.open ? openShape(shape.rank && substituteRank(shape.rank, by.rank), dims) : shapeOf(dims);
}

export function substituteValue(value: Value, by: Substitution): Value {
  const visit = (each: Value): Value => substituteValue(each, by);
  switch (value.kind) {
    case 'number':
      if (value.rank) return rankNumber(substituteRank(value.rank, by.rank));
      return value.dim ? { kind: 'number', dim: substituteDim(value.dim, by) } : value;
    case 'unknown':
      return substituteUnknown(value, by);
    case 'tensor':
      return substituteTensor(value, by);
    case 'shape': {
      const tensor = visit(value.tensor);
      return tensor.kind === 'tensor' || tensor.kind === 'unknown' ? { kind: 'shape', tensor } : value;
    }
    case 'module':
      return { ...value, args: new Map([...value.args].map(([name, argument]) => [name, visit(argument)])) };
    case 'instance':
      return { ...value, given: new Map([...value.given].map(([name, argument]) => [name, visit(argument)])) };
    case 'tuple':
    case 'list': {
      const count = value.lead && substituteRank(value.lead.count, by.rank);
      if (value.lead)
        return count ? ledBy(count, value.lead.tail.map(visit)) : { kind: value.kind, items: null, element: NUMBER };
      return { ...value, items: value.items?.map(visit) ?? null, element: visit(value.element) };
    }
    case 'container':
      return { ...value, items: value.items?.map(visit) ?? null, element: visit(value.element) };
    case 'union':
      return { kind: 'union', options: value.options.map(visit) };
    default:
      return value;
  }
}

function substituteUnknown(value: UnknownValue, by: Substitution): Value {
  const direct =
    (value.path ? by.value(value.path.id) : null) ??
    (value.parameter === undefined ? null : by.argument(value.parameter));
  if (direct) return direct;
  const dim = value.dim ? substituteDim(value.dim, by) : null;
  const like = value.like === undefined ? null : labelOf(by.argument(value.like));
  const path = value.path && !by.foreign(value.path.id) ? value.path : undefined;
  return { kind: 'unknown', ...(path ? { path } : {}), ...(dim ? { dim } : {}), ...(like === null ? {} : { like }) };
}

function substituteTensor(value: TensorValue, by: Substitution): Value {
  const { framework, dtype } = value;
  const given = value.parameter === undefined ? null : by.argument(value.parameter);
  if (given) return given;
  const source = value.like === undefined ? null : by.argument(value.like);
  const own = substituteShape(value.shape, by);
  const shape = source?.kind === 'tensor' ? meetShapes(own, source.shape) : own;
  const label = labelOf(source);
  return {
    kind: 'tensor',
    framework,
    shape,
    dtype,
    ...(value.weight ? { weight: true as const } : {}),
    ...(label === null ? {} : { like: label }),
  };
}

function labelOf(value: Value | null): string | null {
  return value?.kind === 'tensor' || value?.kind === 'unknown' ? (value.parameter ?? value.like ?? null) : null;
}
