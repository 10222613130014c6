/** Operators: products, arithmetic of sizes, and elementwise arithmetic of tensors. */
import type { BinaryExpr, Expr, Span } from '../../lower/ir';
import { add, compute, computedFrom, constant, multiply, numberOf, subtract } from '../dims';
import type { Dim } from '../dims';
import { largerRank, rankPlus } from '../ranks';
import type { Rank } from '../ranks';
import { broadcast, matmulShape, openShape, shapeOf, UNKNOWN_SHAPE } from '../shapes';
import { productWork } from '../work';
import { matmulFlops } from '../tensors/products';
import { sameAs } from '../tensors/pointwise';
import { BOOL, ledBy, NUMBER, optionsOf, rankNumber, sequence, tensor, UNKNOWN } from '../values';
import type { Evaluated, Framework, SequenceValue, ShapeValue, TensorValue, UnknownValue, Value } from '../values';
import type { Evaluator } from './evaluator';
import { learnInner } from './learn';
import { rankOfValue } from './ranks';

export function evaluateBinary(ev: Evaluator, expr: BinaryExpr): Value {
  const left = ev.evaluate(expr.left);
  const right = ev.evaluate(expr.right);
  if (expr.operator === '@')
    return matrixProduct(ev, { expr: expr.left, value: left }, { expr: expr.right, value: right }, expr, expr);
  return arithmetic(ev, expr.operator, left, right);
}

export function evaluateUnary(ev: Evaluator, expr: Extract<Expr, { kind: 'unary' }>): Value {
  const operand = ev.evaluate(expr.operand);
  if (expr.operator === 'not')
    return operand.kind === 'bool' && operand.without !== undefined ? { ...BOOL, without: !operand.without } : BOOL;
  if (operand.kind === 'tensor') return sameAs(operand);
  if (operand.kind === 'number' && operand.dim) {
    return { kind: 'number', dim: expr.operator === '-' ? multiply(operand.dim, constant(-1)) : operand.dim };
  }
  return operand.kind === 'unknown' ? unknownLike(operand) : UNKNOWN;
}

/** Kinds of value on which `@` cannot be a product of tensors. */
const NO_OPERAND = new Set<Value['kind']>([
  'number',
  'text',
  'none',
  'bool',
  'tuple',
  'dict',
  'shape',
  'module',
  'container',
  'class',
  'closure',
]);

/** The framework of a product's operands; null where they are certain to be no tensors. */
function productFramework(ev: Evaluator, operands: readonly Value[]): Framework | null {
  const options = operands.flatMap(optionsOf);
  for (const framework of ['torch', 'jax', 'numpy'] as const) {
    if (options.some((each) => each.kind === 'tensor' && each.framework === framework)) return framework;
  }
  for (const operand of operands) if (optionsOf(operand).every((each) => NO_OPERAND.has(each.kind))) return null;
  return ev.options.framework;
}

/** `left @ right`, reported where the operands are, or may well be, tensors. */
export function matrixProduct(ev: Evaluator, left: Evaluated, right: Evaluated, span: Span, expr: Expr): Value {
  const framework = productFramework(ev, [left.value, right.value]);
  if (!framework) return UNKNOWN;
  const a = ev.see(left, framework);
  const b = ev.see(right, framework);
  learnInner(ev, left.value, a, b, span);
  const result = matmulShape(a.shape, b.shape) ?? UNKNOWN_SHAPE;
  const operands = [
    { expr: left.expr, value: a },
    { expr: right.expr, value: b },
  ];
  ev.report({
    kind: 'op',
    op: '@',
    framework,
    expr,
    operands,
    result,
    work: productWork(operands, result, matmulFlops(a.shape, b.shape, result)),
    module: null,
    start: span.start,
    end: span.end,
  });
  return tensor(framework, result, a.dtype === b.dtype ? a.dtype : null);
}

/** Any other operator. */
export function arithmetic(ev: Evaluator, operator: string, left: Value, right: Value): Value {
  const [a, b] = [firstTensor(left), firstTensor(right)];
  if (a && b)
    return {
      ...tensor(a.framework, broadcast(a.shape, b.shape), a.dtype === b.dtype ? a.dtype : null),
      ...likeOf(a, b),
    };
  if (a) return withOther(ev, a, right, operator);
  if (b) return withOther(ev, b, left, operator);
  const sequenceResult = sequenceArithmetic(ev, operator, left, right);
  if (sequenceResult) return sequenceResult;
  if (left.kind === 'text' || right.kind === 'text') return { kind: 'text', text: null };
  const sizes = [ev.size(left), ev.size(right)] as const;
  const rank = arithmeticOfRanks(operator, left, right, sizes);
  if (rank) return rankNumber(rank);
  const result = arithmeticOfSizes(operator, ...sizes);
  const dim =
    result &&
    computedFrom(
      result,
      sizes.filter((each) => each !== null),
    );
  if (left.kind === 'number' && right.kind === 'number') return dim ? { kind: 'number', dim } : NUMBER;
  // A value of unknown kind may be a number or a tensor: it keeps what it would be as either.
  const unknown = left.kind === 'unknown' ? left : right.kind === 'unknown' ? right : null;
  if (!unknown) return dim ? { kind: 'number', dim } : UNKNOWN;
  return {
    ...unknownLike(right.kind === 'unknown' && left.kind === 'unknown' ? UNKNOWN : unknown),
    ...(dim ? { dim } : {}),
  };
}

/** A tensor and something else: a number, or a tensor that nothing is known of and that may be wider. */
function withOther(ev: Evaluator, known: TensorValue, other: Value, operator: string): TensorValue {
  const dtype = scalarResult(operator, known);
  if (optionsOf(other).every((each) => each.kind !== 'unknown')) return sameAs(known, dtype);
  // A weight is small beside the activation that it meets.
  if (known.weight === true) return tensor(known.framework, UNKNOWN_SHAPE, dtype);
  const { open, dims } = known.shape;
  const sizes = dims.map((each) => (each && numberOf(each) === 1 ? null : each));
  // A setting, of the constructor or a config, is a number.
  const isSetting = other.kind === 'unknown' && other.path?.id.includes('@') === false && other.parameter === undefined;
  const own = known.shape.rank;
  const others = isSetting ? own : rankOfValue(ev, other);
  const shape = open ? openShape(own && others && largerRank(own, others), sizes) : shapeOf(sizes);
  return { ...sameAs(known, dtype), shape };
}

function firstTensor(value: Value): TensorValue | null {
  for (const each of optionsOf(value)) if (each.kind === 'tensor') return each;
  return null;
}

/** Division makes floats of integers; anything else leaves a tensor's dtype. */
function scalarResult(operator: string, array: TensorValue): string | null {
  return operator === '/' && array.dtype !== null && !/^[bfc]/.test(array.dtype) ? null : array.dtype;
}

function likeOf(a: TensorValue, b: TensorValue): { like?: string } {
  const own = a.parameter ?? a.like;
  const other = b.parameter ?? b.like;
  if (own !== undefined && (own === other || b.weight === true)) return { like: own };
  if (other !== undefined && a.weight === true) return { like: other };
  return {};
}

function unknownLike(value: UnknownValue): UnknownValue {
  const like = value.parameter ?? value.like;
  return like === undefined ? UNKNOWN : { kind: 'unknown', like };
}

function asSequence(ev: Evaluator, value: Value): SequenceValue | null {
  if (value.kind === 'tuple' || value.kind === 'list') return value;
  return value.kind === 'shape' ? shapeItems(ev, value) : null;
}

/** Sequences are joined by `+` and repeated by `*`. */
function sequenceArithmetic(ev: Evaluator, operator: string, left: Value, right: Value): Value | null {
  const x = asSequence(ev, left);
  const y = asSequence(ev, right);
  if (operator === '+' && x?.lead && y?.items) return ledBy(x.lead.count, [...x.lead.tail, ...y.items]);
  if (operator === '+' && x?.items && y?.lead) return ledBy(rankPlus(y.lead.count, x.items.length), y.lead.tail);
  if (operator === '+' && (x ?? y)) {
    if (!x || !y) return { kind: (x ?? y)?.kind ?? 'tuple', items: null, element: UNKNOWN };
    const made = sequence(x.kind, [...(x.items ?? [x.element]), ...(y.items ?? [y.element])]);
    return x.items && y.items ? made : { kind: x.kind, items: null, element: made.element };
  }
  const only = x ?? y;
  if (operator !== '*' || !only || (x && y)) return null;
  const repeated = x ? right : left;
  if (only.items?.length === 1 && repeated.kind === 'number' && repeated.rank) return ledBy(repeated.rank, []);
  const count = ev.size(repeated);
  const times = count ? numberOf(count) : null;
  const { kind, items, element } = only;
  if (items && times !== null && times >= 0 && times * items.length <= 64) {
    return sequence(kind, Array.from({ length: times }, () => items).flat());
  }
  return { kind, items: null, element, ...(count && items?.length === 1 ? { length: count } : {}) };
}

/** A shape as a tuple of sizes, where its rank is known. */
function shapeItems(ev: Evaluator, value: ShapeValue): SequenceValue {
  const { tensor: source } = value;
  const rank = rankOfValue(ev, source);
  if (source.kind !== 'tensor' || source.shape.open)
    return rank ? ledBy(rank, []) : { kind: 'tuple', items: null, element: NUMBER };
  return sequence(
    'tuple',
    source.shape.dims.map((dim) => ({ kind: 'number', dim })),
  );
}

/** A number of dimensions and so many more, or less. */
function arithmeticOfRanks(
  operator: string,
  left: Value,
  right: Value,
  [a, b]: readonly [Dim | null, Dim | null],
): Rank | null {
  const [before, after] = [a && numberOf(a), b && numberOf(b)];
  if (left.kind === 'number' && left.rank && after !== null && (operator === '+' || operator === '-'))
    return rankPlus(left.rank, operator === '+' ? after : -after);
  return right.kind === 'number' && right.rank && before !== null && operator === '+'
    ? rankPlus(right.rank, before)
    : null;
}

/** A size computed from two others; null where it is not known. */
export function arithmeticOfSizes(operator: string, a: Dim | null, b: Dim | null): Dim | null {
  if (!a || !b) return null;
  switch (operator) {
    case '+':
      return add(a, b);
    case '-':
      return subtract(a, b);
    case '*':
      return multiply(a, b);
    case '//':
    case '%':
    case '/':
    case '**':
      return compute(operator, [a, b]);
    default:
      return null;
  }
}
