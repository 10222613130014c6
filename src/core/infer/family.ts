/** The operation family: which names multiply matrices, in which framework. */
import type { Framework } from './values';

export type OperationKind =
  | 'op'
  | 'linear_call'
  | 'linear_ctor'
  | 'mha_call'
  | 'mha_ctor'
  | 'bilinear_call'
  | 'bilinear_ctor'
  | 'container_call'
  | 'linear_like_call'
  | 'op_indirect'
  | 'rnn_call'
  | 'rnn_ctor';

/** Functions of `torch` and, under the same names, methods of its tensors. */
const TORCH_FUNCTIONS = [
  'matmul', 'mm', 'bmm', 'addmm', 'baddbmm', 'addbmm', 'mv', 'addmv', 'addr', 'dot', 'vdot', 'inner', 'outer', 'ger',
  'einsum', 'tensordot', 'chain_matmul', 'sspaddmm', 'smm', '_grouped_mm', '_scaled_mm',
]; // prettier-ignore

/** Methods that tensors have and hardly anything else. On a value that nothing is known of they count. */
const TELLING_METHODS = new Set([
  'matmul', 'mm', 'bmm', 'addmm', 'baddbmm', 'addbmm', 'mv', 'addmv', 'addmm_', 'baddbmm_', 'addbmm_', 'addmv_', 'vdot',
]); // prettier-ignore

/** Methods that other things have, too: they count on known tensors alone. */
const COMMON_METHODS = new Set([
  'dot',
  'inner',
  'outer',
  'ger',
  'addr',
  'addr_',
  'tensordot',
  'smm',
  'sspaddmm',
  'matrix_power',
]);

const ARRAY_FUNCTIONS = [
  'matmul', 'dot', 'vdot', 'inner', 'outer', 'einsum', 'tensordot', 'vecdot', 'matvec', 'vecmat',
  'linalg.multi_dot', 'linalg.matmul', 'linalg.vecdot', 'linalg.matrix_power', 'linalg.outer', 'linalg.tensordot',
]; // prettier-ignore

const ARRAY_METHODS = new Set(['dot']);

interface NamedOperation {
  readonly op: string;
  readonly framework: Framework;
}

function named(
  framework: Framework,
  prefix: string,
  names: readonly string[],
  opOf = (name: string): string => name,
): readonly (readonly [string, NamedOperation])[] {
  return names.map((name) => [prefix + name, { op: opOf(name), framework }]);
}

const withoutModule = (name: string): string => name.replace('linalg.', '');

const QUALIFIED: ReadonlyMap<string, NamedOperation> = new Map([
  ...named('torch', 'torch.', TORCH_FUNCTIONS),
  ...named('torch', 'torch.', ['addmm_', 'baddbmm_', 'addbmm_', 'addmv_', 'addr_']),
  ...named('torch', 'torch.Tensor.', TORCH_FUNCTIONS),
  ...named('torch', 'torch.ops.aten.', [...TORCH_FUNCTIONS, 'linear']),
  ...named('torch', 'torch.linalg.', ['multi_dot', 'matmul', 'vecdot', 'matrix_power']),
  ...named('torch', 'torch.nn.functional.', ['grouped_mm', 'scaled_mm'], (name) => `_${name}`),
  ...named('torch', 'torch.sparse.', ['mm', 'addmm', 'sampled_addmm'], (name) => `sparse.${name}`),
  ...named('torch', 'torch.nn.functional.', [
    'linear',
    'bilinear',
    'scaled_dot_product_attention',
    'multi_head_attention_forward',
  ]),
  ...named('numpy', 'numpy.', ARRAY_FUNCTIONS, withoutModule),
  ...named('jax', 'jax.numpy.', ARRAY_FUNCTIONS, withoutModule),
  ...named('jax', 'jax.lax.', ['dot', 'dot_general', 'batch_matmul']),
  ...named('jax', 'jax.nn.', ['dot_product_attention']),
]);

/** The operation that a function of this canonical qualified name performs, or null. */
export function operationOf(name: string): { readonly op: string; readonly framework: Framework } | null {
  return QUALIFIED.get(name) ?? null;
}

/** The operation that a method performs on a value of this framework; `null` framework: nothing is known of it. */
export function methodOperation(name: string, framework: Framework | null): string | null {
  if (framework === null) return TELLING_METHODS.has(name) ? name : null;
  if (framework === 'torch') return TELLING_METHODS.has(name) || COMMON_METHODS.has(name) ? name : null;
  return ARRAY_METHODS.has(name) ? name : null;
}

/** Modules of torch.nn that hold products, by what their construction and their call are. */
const MODULES: ReadonlyMap<string, { readonly ctor: OperationKind; readonly call: OperationKind }> = new Map(
  (
    [
      ['linear', ['Linear', 'LazyLinear', 'NonDynamicallyQuantizableLinear']],
      ['bilinear', ['Bilinear']],
      ['mha', ['MultiheadAttention']],
      ['rnn', ['RNN', 'LSTM', 'GRU', 'RNNCell', 'LSTMCell', 'GRUCell']],
    ] as const
  ).flatMap(([family, names]) =>
    names.map((name) => [`torch.nn.${name}`, { ctor: `${family}_ctor`, call: `${family}_call` }] as const),
  ),
);

export function moduleOperation(type: string): { readonly ctor: OperationKind; readonly call: OperationKind } | null {
  return MODULES.get(type) ?? null;
}

/** Containers of torch that run a Linear of their own when they are called. */
const LINEAR_STACKS = new Set([
  'torch.nn.TransformerEncoderLayer',
  'torch.nn.TransformerDecoderLayer',
  'torch.nn.TransformerEncoder',
  'torch.nn.TransformerDecoder',
  'torch.nn.Transformer',
]);

export function isLinearStack(type: string): boolean {
  return LINEAR_STACKS.has(type);
}

/** Words of which one stands in any text that this tool has something to say about. */
export const TELLING_WORDS = /\b(?:torch|jax|numpy|matmul|einsum)\b/;

/** A function whose text has none of these and no `@` performs no operation of the family by itself. */
export const OPERATION_WORDS = new RegExp(
  `\\b(?:${[
    ...new Set([
      ...TORCH_FUNCTIONS,
      ...TELLING_METHODS,
      ...COMMON_METHODS,
      ...ARRAY_FUNCTIONS.map((name) => name.replace('linalg.', '')),
      'linear', 'bilinear', 'scaled_dot_product_attention', 'multi_head_attention_forward', 'dot_general', 'batch_matmul',
      'dot_product_attention', 'sampled_addmm',
    ]),
  ].join('|')})\\b|\\b(?:Linear|LazyLinear|Bilinear|MultiheadAttention|Transformer(?:(?:En|De)coder(?:Layer)?)?|RNN|LSTM|GRU|RNNCell|LSTMCell|GRUCell|Sequential)\\b`,
); // prettier-ignore
