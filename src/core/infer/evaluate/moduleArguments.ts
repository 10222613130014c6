/** What modules of torch.nn are constructed with, by the names of their parameters. */
import type { Expr } from '../../lower/ir';
import { optionsOf } from '../values';
import type { Evaluated, Value } from '../values';
import type { Arguments } from './calls';
import type { Evaluator } from './evaluator';

/** Constructor parameters of the modules whose sizes are followed, in order. */
const SIGNATURES: Readonly<Record<string, readonly string[]>> = {
  'torch.nn.Linear': ['in_features', 'out_features', 'bias'],
  'torch.nn.LazyLinear': ['out_features', 'bias'],
  'torch.nn.NonDynamicallyQuantizableLinear': ['in_features', 'out_features', 'bias'],
  'torch.nn.Bilinear': ['in1_features', 'in2_features', 'out_features', 'bias'],
  'torch.nn.Embedding': ['num_embeddings', 'embedding_dim'],
  'torch.nn.EmbeddingBag': ['num_embeddings', 'embedding_dim'],
  'torch.nn.LayerNorm': ['normalized_shape', 'eps'],
  'torch.nn.RMSNorm': ['normalized_shape', 'eps'],
  'torch.nn.MultiheadAttention': [
    'embed_dim',
    'num_heads',
    'dropout',
    'bias',
    'add_bias_kv',
    'add_zero_attn',
    'kdim',
    'vdim',
    'batch_first',
  ],
  'torch.nn.RNN': [
    'input_size',
    'hidden_size',
    'num_layers',
    'nonlinearity',
    'bias',
    'batch_first',
    'dropout',
    'bidirectional',
  ],
  'torch.nn.LSTM': [
    'input_size',
    'hidden_size',
    'num_layers',
    'bias',
    'batch_first',
    'dropout',
    'bidirectional',
    'proj_size',
  ],
  'torch.nn.GRU': ['input_size', 'hidden_size', 'num_layers', 'bias', 'batch_first', 'dropout', 'bidirectional'],
  'torch.nn.RNNCell': ['input_size', 'hidden_size'],
  'torch.nn.LSTMCell': ['input_size', 'hidden_size'],
  'torch.nn.GRUCell': ['input_size', 'hidden_size'],
  'torch.nn.TransformerEncoderLayer': ['d_model', 'nhead', 'dim_feedforward', 'dropout', 'activation'],
  'torch.nn.TransformerDecoderLayer': ['d_model', 'nhead', 'dim_feedforward', 'dropout', 'activation'],
  'torch.nn.TransformerEncoder': ['layer', 'num_layers'],
  'torch.nn.TransformerDecoder': ['layer', 'num_layers'],
  'torch.nn.Dropout': ['p', 'inplace'],
  'torch.nn.GELU': ['approximate'],
  'torch.nn.Softmax': ['dim'],
  'torch.nn.LogSoftmax': ['dim'],
  'torch.nn.LeakyReLU': ['negative_slope'],
  'torch.nn.ELU': ['alpha'],
};

/** @param type canonical qualified name, such as `torch.nn.Linear` */
export function namedArguments(ev: Evaluator, type: string, args: Arguments): ReadonlyMap<string, Value> {
  const names = SIGNATURES[type] ?? [];
  const bound = new Map<string, Value>();
  const bind = (name: string, each: Evaluated): void => {
    bound.set(name, /_(?:features|size|dim)$/.test(name) ? namedSize(ev, each) : each.value);
  };
  args.positional.forEach((each, at) => {
    const name = names[at];
    if (name !== undefined && each.expr.kind !== 'starred') bind(name, each);
  });
  for (const [name, each] of args.keywords) bind(name, each);
  return bound;
}

/** A size of which nothing is known is called as the source calls it, but not in a loop: there it is many. */
function namedSize(ev: Evaluator, { expr, value }: Evaluated): Value {
  const name = pathOf(expr);
  if (name === null || ev.loops.length > 0 || ev.size(value)) return value;
  if (optionsOf(value).some((each) => each.kind !== 'number' && each.kind !== 'unknown' && each.kind !== 'none'))
    return value;
  return { kind: 'unknown', path: { id: ev.freshSite(expr), name } };
}

/** `dim`, `self.dim`, `dims[0]`; null for what is computed on the spot. */
function pathOf(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  if (expr.kind === 'number') return String(expr.value);
  const object = expr.kind === 'attribute' || expr.kind === 'subscript' ? pathOf(expr.object) : null;
  if (object === null) return null;
  if (expr.kind === 'attribute') return `${object}.${expr.name}`;
  const [only, more] = expr.kind === 'subscript' ? expr.index : [];
  const index = only && !more ? (only.kind === 'unary' ? null : pathOf(only)) : null;
  return index === null ? null : `${object}[${index}]`;
}
