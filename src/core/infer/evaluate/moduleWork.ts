/** Operations of the modules that hold several products: attention and recurrent layers. */
import { add, constant, multiply, product } from '../dims';
import type { Dim } from '../dims';
import { elementCount, sizeAt } from '../shapes';
import type { Shape } from '../shapes';
import type { ModuleValue } from '../values';

const TWO = constant(2);

/** MultiheadAttention: four projections of the embedding, scores and weighted sum. Null where a size is unknown. */
export function attentionWork(query: Shape, key: Shape, embed: Dim | null, module: ModuleValue): Dim | null {
  const tokens = elementCount({ open: query.open, dims: query.dims.slice(0, -1) });
  const keyTokens = elementCount({ open: key.open, dims: key.dims.slice(0, -1) });
  // Keys for each query; without batch_first the sequence is the first dimension.
  const first = module.args.get('batch_first')?.kind === 'bool' ? -2 : 0;
  const keysEach = sizeAt(key, first);
  if (!tokens || !keyTokens || !embed || !keysEach) return null;
  const projections = multiply(TWO, product([add(multiply(TWO, tokens), multiply(TWO, keyTokens)), embed, embed]));
  const attention = multiply(constant(4), product([tokens, keysEach, embed]));
  return add(projections, attention);
}

const GATES: Readonly<Record<string, number>> = { RNN: 1, RNNCell: 1, GRU: 3, GRUCell: 3, LSTM: 4, LSTMCell: 4 };

/** Recurrent layers: for each step and gate one product with the input and one with the state. */
export function recurrentWork(
  type: string,
  input: Shape,
  inSize: Dim | null,
  hidden: Dim | null,
  layers: Dim,
): Dim | null {
  const steps = elementCount({ open: input.open, dims: input.dims.slice(0, -1) });
  const gates = GATES[type];
  if (!steps || !inSize || !hidden || gates === undefined) return null;
  const firstLayer = multiply(hidden, add(inSize, hidden));
  const laterLayers = product([add(layers, constant(-1)), hidden, multiply(TWO, hidden)]);
  return product([TWO, constant(gates), steps, add(firstLayer, laterLayers)]);
}
