/** Operations of torch's transformer layers: attention and two linear layers each. */
import { add, constant, multiply, product } from '../dims';
import type { Dim } from '../dims';
import { elementCount } from '../shapes';
import type { Shape } from '../shapes';
import { optionsOf } from '../values';
import type { ModuleValue, Value } from '../values';
import { attentionWork } from './moduleWork';

/** The width between the two linear layers, unless it is given. */
const FEED_FORWARD = 2048;

/**
 * @param memory what a decoder attends to; null where there is none
 * @returns null where a size is not known, and for a whole Transformer
 */
export function transformerWork(
  module: ModuleValue,
  input: Shape,
  memory: Shape | null,
  size: (value: Value) => Dim | null,
): Dim | null {
  switch (module.type) {
    case 'torch.nn.TransformerEncoderLayer':
      return layerWork(module, input, null, size);
    case 'torch.nn.TransformerDecoderLayer':
      return memory && layerWork(module, input, memory, size);
    case 'torch.nn.TransformerEncoder':
    case 'torch.nn.TransformerDecoder': {
      const { layer, count } = stackOf(module, size);
      const each = layer ? transformerWork(layer, input, memory, size) : null;
      return each && count ? multiply(each, count) : null;
    }
    default:
      return null;
  }
}

/** The layer that a stack has copies of, and how many. */
function stackOf(
  { args }: ModuleValue,
  size: (value: Value) => Dim | null,
): { readonly layer: ModuleValue | null; readonly count: Dim | null } {
  const given = args.get('layer') ?? args.get('encoder_layer') ?? args.get('decoder_layer');
  const [layer, more] = given ? optionsOf(given) : [];
  const layers = args.get('num_layers');
  return { layer: layer?.kind === 'module' && !more ? layer : null, count: layers ? size(layers) : null };
}

/** Attention to itself, of a decoder also to the memory, and two linear layers; the additions of biases are left out. */
function layerWork(
  module: ModuleValue,
  input: Shape,
  memory: Shape | null,
  size: (value: Value) => Dim | null,
): Dim | null {
  const given = module.args.get('d_model');
  const width = given ? size(given) : null;
  const hidden = module.args.get('dim_feedforward');
  const between = hidden ? size(hidden) : constant(FEED_FORWARD);
  const tokens = elementCount({ open: input.open, dims: input.dims.slice(0, -1) });
  const self = attentionWork(input, input, width, module);
  const cross = memory ? attentionWork(input, memory, width, module) : constant(0);
  if (!width || !between || !tokens || !self || !cross) return null;
  return add(add(self, cross), product([constant(4), tokens, width, between]));
}
