/** Functions and methods of tensors whose result has a shape that follows from what they are given, and from nothing else. */
import type { Handler, TensorCall } from '../../infer/tensors/call';
import { UNKNOWN } from '../../infer/values';
import type { Value } from '../../infer/values';

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Whatever else they are given, the result has the shape of the first argument. */
const KEEPS_SHAPE = words(
  'relu relu_ relu6 gelu silu mish elu selu celu leaky_relu softplus softsign hardswish hardsigmoid hardtanh logsigmoid ' +
    'sigmoid sigmoid_ tanh tanh_ exp exp_ exp2 expm1 log log2 log10 log1p sqrt rsqrt square abs neg sin cos tan erf ' +
    'floor ceil round sign reciprocal nan_to_num softmax log_softmax softmin dropout dropout_ alpha_dropout layer_norm ' +
    'rms_norm group_norm batch_norm instance_norm normalize cumsum cumprod flip roll tril triu contiguous clone detach ' +
    'detach_ requires_grad_ cuda cpu zero_ fill_ normal_ uniform_ zeros_like ones_like rand_like randn_like empty_like ' +
    'full_like float double half bfloat16 long int bool to pin_memory',
);

/** Made of sizes, or rearranged by axes and sizes: exact where each of them is known. */
const BY_SIZES = words(
  'zeros ones empty rand randn full eye randint view reshape transpose swapaxes swapdims permute unsqueeze squeeze ' +
    'flatten expand t cat concat stack size numel dim add sub mul div maximum minimum sum mean prod amax amin argmax argmin',
);

/** The keyword arguments that say nothing of a shape. */
const SILENT = words(
  'dtype device layout requires_grad generator pin_memory memory_format alpha rounding_mode fill_value',
);

/** What a function gives for arguments that are certain; unknown where one of them that matters is not. */
export function followed(name: string, call: TensorCall, handler: Handler | null): Value {
  if (!handler) return UNKNOWN;
  if (KEEPS_SHAPE.has(name)) return call.value(0, 'input', 'self').kind === 'tensor' ? handler(call) : UNKNOWN;
  if (!BY_SIZES.has(name)) return UNKNOWN;
  // With what a tensor is filled does not matter.
  const positional = name === 'full' ? call.positional.slice(0, 1) : call.positional;
  const given = [...positional, ...[...call.keywords].flatMap(([key, each]) => (SILENT.has(key) ? [] : [each]))];
  return given.every((each) => isKnown(each.value)) ? handler(call) : UNKNOWN;
}

function isKnown(value: Value): boolean {
  switch (value.kind) {
    case 'tensor':
    case 'shape':
      return true;
    case 'number':
      return value.dim !== null;
    case 'tuple':
    case 'list':
      return value.items?.every(isKnown) === true;
    default:
      return false;
  }
}
