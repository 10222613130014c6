/** Operations of the modules that hold several products: attention and recurrent layers. */
import { add, constant, multiply, numberOf, product } from '../dims';
import type { Dim } from '../dims';
import { elementCount, sizeAt } from '../shapes';
import type { Shape } from '../shapes';
import type { ModuleValue } from '../values';

const TWO = constant(2);

/** A flag of a constructor that is False unless it is given; null where it is given and not known. */
function flag(module: ModuleValue, name: string): boolean | null {
  const given = module.args.get(name);
  if (!given) return false;
  return given.kind === 'bool' ? (given.value ?? null) : null;
}

function isGiven(module: ModuleValue, name: string): boolean {
  return (module.args.get(name)?.kind ?? 'none') !== 'none';
}

/**
 * MultiheadAttention: four projections of the embedding, scores and weighted sum. Null where a size is
 * unknown, and where keys are added or are of a size of their own.
 */
export function attentionWork(query: Shape, key: Shape, embed: Dim | null, module: ModuleValue): Dim | null {
  const batchFirst = flag(module, 'batch_first');
  const plain = flag(module, 'add_bias_kv') === false && flag(module, 'add_zero_attn') === false;
  if (batchFirst === null || !plain || isGiven(module, 'kdim') || isGiven(module, 'vdim')) return null;
  const tokens = elementCount({ open: query.open, dims: query.dims.slice(0, -1) });
  const keyTokens = elementCount({ open: key.open, dims: key.dims.slice(0, -1) });
  // Keys for each query; without batch_first the sequence is the first dimension.
  const keysEach = sizeAt(key, batchFirst ? -2 : 0);
  if (!tokens || !keyTokens || !embed || !keysEach) return null;
  const projections = multiply(TWO, product([add(multiply(TWO, tokens), multiply(TWO, keyTokens)), embed, embed]));
  const attention = multiply(constant(4), product([tokens, keysEach, embed]));
  return add(projections, attention);
}

const GATES: Readonly<Record<string, number>> = { RNN: 1, RNNCell: 1, GRU: 3, GRUCell: 3, LSTM: 4, LSTMCell: 4 };

/** In how many directions a recurrent layer runs; null where that, or whether it projects its state, is not known. */
function directions(module: ModuleValue): 1 | 2 | null {
  const projected = module.args.get('proj_size');
  if (projected && !(projected.kind === 'number' && projected.dim && numberOf(projected.dim) === 0)) return null;
  const both = flag(module, 'bidirectional');
  return both === null ? null : both ? 2 : 1;
}

/** The last size of what a recurrent layer gives: the states of its directions side by side. */
export function recurrentSize(module: ModuleValue, hidden: Dim | null): Dim | null {
  const each = directions(module);
  return hidden && each !== null ? multiply(constant(each), hidden) : null;
}

/**
 * Recurrent layers: for each step, direction and gate one product with the input and one with the state.
 * Later layers take the states of all directions as their input.
 */
export function recurrentWork(
  module: ModuleValue,
  input: Shape,
  inSize: Dim | null,
  hidden: Dim | null,
  layers: Dim | null,
): Dim | null {
  const steps = elementCount({ open: input.open, dims: input.dims.slice(0, -1) });
  const gates = GATES[module.type.slice('torch.nn.'.length)];
  const ways = directions(module);
  if (!steps || !inSize || !hidden || !layers || gates === undefined || ways === null) return null;
  const firstLayer = multiply(hidden, add(inSize, hidden));
  const laterLayers = product([add(layers, constant(-1)), hidden, multiply(constant(ways + 1), hidden)]);
  return product([TWO, constant(gates * ways), steps, add(firstLayer, laterLayers)]);
}
