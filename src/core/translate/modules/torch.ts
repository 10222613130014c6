/** The modules of torch.nn that are translated: constructor parameters, and what calling them does. */
import type { CallExpr } from '../../lower/ir';
import type { Arguments } from '../calls';
import { present, sequenceKnown, tensorKnown } from '../known';
import type { Known, ModuleKnown, Term } from '../known';
import { attribute, binary, call, integer, literal, NONE, subscript } from '../python';
import type { Py } from '../python';
import { isBrief } from '../op';
import { gelu, hardtanh } from '../table/pointwise';
import type { Translator } from '../translator';

/** One call of a torch module. */
export class ModuleCall {
  constructor(
    readonly t: Translator,
    readonly module: ModuleKnown,
    readonly args: Arguments,
    readonly expr: CallExpr,
  ) {}

  /** The first input. */
  get x(): Py {
    return this.args.positional[0]?.code ?? this.args.keywords.get('input')?.code ?? integer(0);
  }

  /** The module's weights. */
  get params(): Py {
    this.t.usesParams = true;
    return this.module.params ?? integer(0);
  }

  get own(): ReadonlyMap<string, Term> {
    return this.module.shape.kind === 'torch' ? this.module.shape.args : new Map<string, Term>();
  }

  /** A constructor argument as code, or null where it was left to its default. */
  argument(name: string): Py | null {
    const found = this.own.get(name);
    if (!found || found.known.kind === 'none') return null;
    return this.t.program.fact(this.t, found, this.module.path && attribute(this.module.path, name), name);
  }

  /** A constructor argument that must be known for the right code to be chosen; `fallback` where not given. */
  certain(name: string, fallback: number | string | boolean | null): number | string | boolean | null | undefined {
    const found = this.own.get(name);
    if (!found) return fallback;
    const { known } = found;
    if (known.kind === 'none') return null;
    const value = known.kind === 'number' || known.kind === 'text' || known.kind === 'bool' ? known.value : null;
    if (value === null) return undefined;
    this.t.program.assume(found, this.module.path && attribute(this.module.path, name), value);
    return value;
  }

  refuse(reason: string, wayOut: string | null = null): Term {
    return this.t.refuse(this.expr, reason, wayOut);
  }

  fresh(code: Py): Term {
    return { code, known: tensorKnown({ elements: 'float' }) };
  }

  helper(name: string, positional: readonly Py[], keywords: Readonly<Record<string, Py | null>> = {}): Term {
    return this.fresh(call(this.t.prelude(name), positional, keywords));
  }
}

export interface TorchModule {
  readonly parameters: readonly string[];
  /** Whether it has weights, so that params have an entry for it. */
  readonly weighted: boolean;
  readonly emit: (m: ModuleCall) => Term;
}

function weighted(parameters: string, emit: (m: ModuleCall) => Term): TorchModule {
  return { parameters: parameters.split(', '), weighted: true, emit };
}

function plain(parameters: string, emit: (m: ModuleCall) => Term): TorchModule {
  return { parameters: parameters === '' ? [] : parameters.split(', '), weighted: false, emit };
}

const activation = (jax: string): TorchModule => plain('inplace', (m) => m.fresh(call(jax, [m.x])));

/** What eval mode makes the identity. */
const identity: TorchModule = plain('p, inplace', (m) => {
  const [input] = m.args.positional;
  m.t.note('Dropout is the identity: the program is the module in eval mode.');
  return input ?? m.refuse('a module is called without an input');
});

function axis(m: ModuleCall): Term | { readonly dim: Py | null } {
  const dim = m.argument('dim');
  if (!dim) return m.refuse('softmax without dim chooses the axis by the number of dimensions', 'give dim');
  return { dim: dim.kind === 'unary' && dim.operand.kind === 'literal' && dim.operand.text === '1' ? null : dim };
}

function softmax(jax: string): TorchModule {
  return plain('dim', (m) => {
    const found = axis(m);
    return 'known' in found ? found : m.fresh(call(jax, [m.x], { axis: found.dim }));
  });
}

/** Normalised axes: the last one where the shape is one size, else as many as the shape has. */
function normalizedAxes(m: ModuleCall): Py | null {
  const shape = m.own.get('normalized_shape');
  const known: Known | null = shape ? present(shape.known) : null;
  if (known?.kind === 'sequence' && known.items && known.items.length !== 1) {
    const { length } = known.items;
    return { kind: 'tuple', items: known.items.map((_, at) => integer(at - length)) };
  }
  // A single size, most likely: what it is cannot be told here, but the module can.
  const shapeAt = m.module.path && attribute(m.module.path, 'normalized_shape');
  if (shapeAt && known?.kind !== 'number' && known?.kind !== 'sequence')
    m.t.program.config.require(call('len', [shapeAt]), integer(1), 'written for normalisation over one axis');
  return null;
}

function norm(helper: string, parameters: string): TorchModule {
  return weighted(parameters, (m) => {
    const affine = m.certain('elementwise_affine', true);
    if (affine !== true && affine !== false) return m.refuse('whether this normalisation has weights is not known');
    const weights: Py = affine ? m.params : { kind: 'dict', entries: [] };
    return m.helper(helper, [weights, m.x], { eps: m.argument('eps'), axes: normalizedAxes(m) });
  });
}

const batchNorm: TorchModule = weighted('num_features, eps, momentum, affine, track_running_stats', (m) => {
  if (m.certain('track_running_stats', true) !== true)
    return m.refuse('without running statistics this normalisation uses those of the batch');
  m.t.note('BatchNorm uses its running statistics: the program is the module in eval mode.');
  return m.helper('batch_norm', [m.params, m.x], { eps: m.argument('eps') });
});

const attention: TorchModule = weighted(
  'embed_dim, num_heads, dropout, bias, add_bias_kv, add_zero_attn, kdim, vdim, batch_first',
  (m) => {
    for (const name of ['add_bias_kv', 'add_zero_attn'])
      if (m.certain(name, false) !== false) return m.refuse(`MultiheadAttention with ${name} is not translated`);
    if (m.own.has('kdim') || m.own.has('vdim'))
      return m.refuse('MultiheadAttention with kdim or vdim is not translated');
    if (m.certain('batch_first', false) !== true)
      return m.refuse('MultiheadAttention is translated with batch_first=True');
    const weights = m.args.keywords.get('need_weights') ?? m.args.positional[4];
    if (weights?.known.kind !== 'bool' || weights.known.value !== false)
      return m.refuse(
        'the averaged attention weights of MultiheadAttention are not translated',
        'pass need_weights=False',
      );
    const [query, key, value] = ['query', 'key', 'value'].map(
      (name, at) => m.args.positional[at] ?? m.args.keywords.get(name),
    );
    if (!query || !key || !value) return m.refuse('MultiheadAttention needs query, key and value');
    for (const name of m.args.keywords.keys())
      if (!['query', 'key', 'value', 'need_weights'].includes(name))
        return m.refuse(`\`${name}\` of MultiheadAttention is not translated`, 'use F.scaled_dot_product_attention');
    if (m.args.positional.length > 3)
      return m.refuse('masks of MultiheadAttention are not translated', 'use F.scaled_dot_product_attention');
    const heads = m.argument('num_heads');
    if (!heads) return m.refuse('MultiheadAttention needs num_heads');
    const result = call(m.t.prelude('multi_head_attention'), [m.params, query.code, key.code, value.code, heads]);
    return {
      code: { kind: 'tuple', items: [result, NONE] },
      known: sequenceKnown('tuple', [tensorKnown({ elements: 'float' }), { kind: 'none' }]),
    };
  },
);

export const TORCH_MODULES: ReadonlyMap<string, TorchModule> = new Map<string, TorchModule>([
  ['Linear', weighted('in_features, out_features, bias', (m) => m.helper('linear_layer', [m.params, m.x]))],
  [
    'Embedding',
    weighted('num_embeddings, embedding_dim, padding_idx', (m) => {
      const weight: Py = { kind: 'entry', owner: m.params, key: literal('"weight"') };
      const padding = m.argument('padding_idx');
      return padding ? m.helper('embedding', [weight, m.x, padding]) : m.fresh(subscript(weight, m.x));
    }),
  ],
  ['LayerNorm', norm('layer_norm', 'normalized_shape, eps, elementwise_affine, bias')],
  ['RMSNorm', norm('rms_norm', 'normalized_shape, eps, elementwise_affine')],
  ['BatchNorm1d', batchNorm],
  ['MultiheadAttention', attention],
  ['Identity', plain('', (m) => m.args.positional[0] ?? m.refuse('a module is called without an input'))],
  ['Dropout', identity],
  ['Dropout1d', identity],
  ['Dropout2d', identity],
  ['AlphaDropout', identity],
  ['ReLU', activation('jax.nn.relu')],
  ['ReLU6', plain('inplace', (m) => m.fresh(hardtanh(m.t.prelude('hardtanh'), m.x, integer(0), integer(6))))],
  ['SiLU', activation('jax.nn.silu')],
  ['Mish', activation('jax.nn.mish')],
  ['SELU', activation('jax.nn.selu')],
  ['Sigmoid', plain('', (m) => m.fresh(call('jax.nn.sigmoid', [m.x])))],
  ['Tanh', activation('jnp.tanh')],
  ['Softsign', activation('jax.nn.soft_sign')],
  ['LogSigmoid', activation('jax.nn.log_sigmoid')],
  ['Hardswish', activation('jax.nn.hard_swish')],
  ['Hardsigmoid', activation('jax.nn.hard_sigmoid')],
  ['ELU', plain('alpha, inplace', (m) => m.fresh(call('jax.nn.elu', [m.x, ...present2(m.argument('alpha'))])))],
  ['CELU', plain('alpha, inplace', (m) => m.fresh(call('jax.nn.celu', [m.x, ...present2(m.argument('alpha'))])))],
  [
    'LeakyReLU',
    plain('negative_slope, inplace', (m) => m.helper('leaky_relu', [m.x, ...present2(m.argument('negative_slope'))])),
  ],
  [
    'Hardtanh',
    plain('min_val, max_val, inplace', (m) =>
      m.fresh(hardtanh(m.t.prelude('hardtanh'), m.x, m.argument('min_val'), m.argument('max_val'))),
    ),
  ],
  [
    'GELU',
    plain('approximate', (m) => {
      const approximate = m.certain('approximate', 'none');
      if (approximate !== 'none' && approximate !== 'tanh') return m.refuse('which form of GELU is meant is not known');
      return m.fresh(gelu(m.x, approximate === 'tanh'));
    }),
  ],
  [
    'Softplus',
    plain('beta, threshold', (m) => {
      const beta = m.argument('beta');
      if (m.certain('threshold', 20) !== 20) return m.refuse('a threshold of Softplus other than 20 is not translated');
      if (!beta) return m.fresh(call('jax.nn.softplus', [m.x]));
      return m.fresh(binary(call('jax.nn.softplus', [binary(beta, '*', m.x)]), '/', beta));
    }),
  ],
  [
    'PReLU',
    weighted('num_parameters, init', (m) => {
      if (m.certain('num_parameters', 1) !== 1)
        return m.refuse('PReLU with a weight for each channel is not translated');
      const weight: Py = { kind: 'entry', owner: m.params, key: literal('"weight"') };
      return m.helper('leaky_relu', [m.x, weight]);
    }),
  ],
  ['GLU', plain('dim', (m) => m.fresh(call('jax.nn.glu', [m.x, m.argument('dim') ?? integer(-1)])))],
  ['Softmax', softmax('jax.nn.softmax')],
  ['LogSoftmax', softmax('jax.nn.log_softmax')],
  [
    'Flatten',
    plain('start_dim, end_dim', (m) => {
      if (m.certain('start_dim', 1) !== 1 || m.certain('end_dim', -1) !== -1)
        return m.refuse('Flatten is translated for all axes but the first');
      if (!isBrief(m.x)) return m.helper('flatten', [m.x, integer(1)]);
      return m.fresh(call(attribute(m.x, 'reshape'), [subscript(attribute(m.x, 'shape'), integer(0)), integer(-1)]));
    }),
  ],
]);

function present2(value: Py | null): readonly Py[] {
  return value ? [value] : [];
}
