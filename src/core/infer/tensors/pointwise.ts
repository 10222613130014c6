/** Functions whose result has the shape of their argument, or of all arguments broadcast together. */
import { broadcast, rankOf } from '../shapes';
import type { TensorValue, Value } from '../values';
import type { Handler, TensorCall } from './call';
import { dtypeOf } from './dtypes';

/** A tensor of the same shape; where the shape is unknown, it is known to be the same. */
export function sameAs(source: TensorValue, dtype: string | null = source.dtype): TensorValue {
  const like = source.parameter ?? source.like;
  return {
    kind: 'tensor',
    framework: source.framework,
    shape: source.shape,
    dtype,
    ...(like === undefined ? {} : { like }),
  };
}

const unary: Handler = (call) => sameAs(call.tensor(0, 'input', 'self', 'x'));

/** @param other the second operand; a number leaves the first one's shape */
export function broadcastWith(call: TensorCall, first: TensorValue, other: TensorValue | null): TensorValue {
  if (!other) return sameAs(first);
  const shape = broadcast(first.shape, other.shape);
  const rank = rankOf(other.shape);
  // A scalar or a vector of weights cannot widen an activation of unknown shape.
  const keeps = (rank !== null && rank <= 1) || other.weight === true;
  const like = keeps ? (first.parameter ?? first.like) : undefined;
  const dtype = first.dtype === other.dtype ? first.dtype : null;
  return { kind: 'tensor', framework: call.framework, shape, dtype, ...(like === undefined ? {} : { like }) };
}

const binary: Handler = (call) => {
  const first = call.tensor(0, 'input', 'self', 'x1');
  const value = call.value(1, 'other', 'x2', 'exponent');
  const isTensor = value.kind === 'tensor' || value.kind === 'unknown';
  return broadcastWith(
    call,
    first,
    isTensor && call.has(1, 'other', 'x2', 'exponent') ? call.tensor(1, 'other', 'x2', 'exponent') : null,
  );
};

/** `addcmul(input, tensor1, tensor2)` and its like: three that are broadcast. */
const ternary: Handler = (call) => {
  const [first, second, third] = [
    call.tensor(0, 'input', 'self'),
    call.tensor(1, 'tensor1', 'end'),
    call.tensor(2, 'tensor2', 'weight'),
  ];
  return broadcastWith(call, broadcastWith(call, first, second), third);
};

const where: Handler = (call) => {
  const a = call.value(1, 'input', 'self', 'x');
  const b = call.value(2, 'other', 'y');
  const condition = call.tensor(0, 'condition');
  const options = [a, b].filter((each) => each.kind === 'tensor');
  const shape = options.reduce((known, each) => broadcast(known, each.shape), condition.shape);
  return { ...sameAs(condition, options[0]?.dtype ?? null), shape };
};

const comparison: Handler = (call) => {
  const result = binary(call);
  return result.kind === 'tensor' ? { ...result, dtype: 'bool' } : result;
};

const masked: Handler = (call) => {
  const mask = call.argument(1, 'mask');
  if (mask) call.tensor(1, 'mask');
  return sameAs(call.tensor(0, 'input', 'self'));
};

const cast =
  (dtype: string): Handler =>
  (call) =>
    sameAs(call.tensor(0), dtype);

/** A dtype given by its name or taken from another tensor; what neither tells is unknown. */
function givenDtype(each: Value): string | null {
  return each.kind === 'tensor' ? each.dtype : dtypeOf(each);
}

/** `x.to(dtype)`, `x.to(device)`, `x.to(device, dtype)`, `x.to(other)`: only a device leaves the dtype. */
const to: Handler = (call) => {
  const source = call.tensor(0, 'input', 'self');
  const named = call.keywords.get('dtype') ?? call.keywords.get('other');
  if (named) return sameAs(source, givenDtype(named.value));
  const [first, second] = call.positional.slice(1).map((each) => each.value);
  if (!first) return sameAs(source, call.keywords.has('device') ? source.dtype : null);
  if (second && second.kind !== 'bool') return sameAs(source, givenDtype(second));
  return sameAs(source, isDevice(first) ? source.dtype : givenDtype(first));
};

function isDevice(value: Value): boolean {
  return value.kind === 'text' || (value.kind === 'unknown' && (value.path?.name.endsWith('device') ?? false));
}

/** `x.type(dtype)`, `x.astype(dtype)`, `x.type_as(other)` */
const retyped: Handler = (call) => sameAs(call.tensor(0), givenDtype(call.value(1, 'dtype', 'other')));

const UNARY = [
  'relu', 'relu_', 'relu6', 'gelu', 'silu', 'swish', 'mish', 'elu', 'selu', 'celu', 'leaky_relu', 'softplus', 'softsign', 'hardswish', 'hardsigmoid',
  'hardtanh', 'logsigmoid', 'log_sigmoid', 'sigmoid', 'sigmoid_', 'tanh', 'tanh_', 'exp', 'exp_', 'exp2', 'expm1', 'log', 'log2', 'log10', 'log1p', 'sqrt', 'rsqrt', 'square',
  'abs', 'absolute', 'neg', 'negative', 'sin', 'cos', 'tan', 'asin', 'acos', 'atan', 'sinh', 'cosh', 'erf', 'erfc', 'floor', 'ceil', 'round', 'trunc', 'sign', 'reciprocal',
  'clamp', 'clamp_', 'clip', 'clamp_min', 'clamp_max', 'nan_to_num', 'softmax', 'log_softmax', 'softmin', 'dropout', 'dropout_', 'alpha_dropout', 'feature_dropout',
  'layer_norm', 'rms_norm', 'group_norm', 'batch_norm', 'instance_norm', 'normalize', 'cumsum', 'cumprod', 'flip', 'roll', 'tril', 'triu', 'contiguous', 'clone', 'copy', 'detach',
  'detach_', 'requires_grad_', 'cuda', 'cpu', 'data', 'real', 'conj', 'zero_', 'fill_', 'copy_', 'normal_', 'uniform_', 'zeros_like', 'ones_like', 'rand_like', 'randn_like', 'empty_like', 'full_like',
  'index_fill', 'index_copy', 'index_add', 'scatter', 'scatter_', 'scatter_add', 'scatter_add_', 'masked_scatter', 'threshold', 'bernoulli', 'pin_memory', 'stop_gradient', 'asarray', 'block_until_ready',
  'logical_not', 'bitwise_not', 'isnan', 'isinf', 'isfinite', 'ascontiguousarray', 'hardshrink', 'tanhshrink', 'softshrink', 'prelu', 'standardize',
]; // prettier-ignore

const BINARY = [
  'add', 'add_', 'sub', 'sub_', 'subtract', 'mul', 'mul_', 'multiply', 'div', 'div_', 'divide', 'true_divide', 'floor_divide', 'remainder', 'fmod', 'pow', 'power', 'maximum', 'minimum',
  'atan2', 'arctan2', 'logaddexp', 'hypot', 'copysign', 'logical_and', 'logical_or', 'logical_xor', 'bitwise_and', 'bitwise_or',
]; // prettier-ignore

const COMPARISON = ['eq', 'ne', 'lt', 'le', 'gt', 'ge', 'greater', 'less', 'isclose'];

export const POINTWISE: readonly (readonly [string, Handler])[] = [
  ...UNARY.map((name) => [name, unary] as const),
  ...BINARY.map((name) => [name, binary] as const),
  ...['lerp', 'lerp_', 'addcmul', 'addcmul_', 'addcdiv', 'addcdiv_'].map((name) => [name, ternary] as const),
  ...COMPARISON.map((name) => [name, comparison] as const),
  ...['masked_fill', 'masked_fill_'].map((name) => [name, masked] as const),
  ['where', where],
  ['to', to],
  ...['type', 'type_as', 'astype'].map((name) => [name, retyped] as const),
  ['float', cast('f32')],
  ['double', cast('f64')],
  ['half', cast('f16')],
  ['bfloat16', cast('bf16')],
  ['long', cast('i64')],
  ['int', cast('i32')],
  ['bool', cast('bool')],
];
