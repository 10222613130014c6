/** Softmax, normalisation and losses. */
import { op } from '../op';
import type { Op, OpCall } from '../op';
import { call, integer, literal } from '../python';
import type { Py } from '../python';
import { astype } from '../op';

/** PyTorch converts before it normalises where a dtype is given. */
function converted(c: OpCall): Py {
  const dtype = c.py('dtype');
  return dtype ? astype(c.tensor('input'), dtype) : c.tensor('input');
}

function softmax(names: string, jax: string): Op {
  return op(names, 'input, dim=, _stacklevel=, dtype=', (c) => {
    c.ignore('_stacklevel');
    const dim = c.py('dim');
    if (!dim) return c.refuse(`${c.spelling} without dim chooses the axis by the number of dimensions`, 'give dim');
    const last = c.number('dim') === -1;
    return c.fresh(call(jax, [converted(c)], { axis: last ? null : dim }), {
      elements: 'float',
      rank: c.facts('input').rank,
    });
  });
}

export const NORMALIZATION: readonly Op[] = [
  softmax('F.softmax softmax torch.special.softmax .softmax', 'jax.nn.softmax'),
  softmax('F.log_softmax log_softmax torch.special.log_softmax .log_softmax', 'jax.nn.log_softmax'),
  op('F.softmin', 'input, dim=', (c) => {
    const dim = c.py('dim');
    if (!dim) return c.refuse('F.softmin without dim chooses the axis by the number of dimensions', 'give dim');
    return c.fresh(
      call('jax.nn.softmax', [{ kind: 'unary', operator: '-', operand: c.tensor('input') }], { axis: dim }),
      { elements: 'float' },
    );
  }),
  op('F.layer_norm layer_norm', 'input, normalized_shape, weight=, bias=, eps=, cudnn_enable=', (c) => {
    c.ignore('cudnn_enable');
    return c.fresh(
      call(c.prelude('normalize_layer'), [c.tensor('input'), axesOf(c)], {
        weight: c.py('weight'),
        bias: c.py('bias'),
        eps: c.py('eps'),
      }),
      { elements: 'float', rank: c.facts('input').rank },
    );
  }),
  op('F.rms_norm rms_norm', 'input, normalized_shape, weight=, eps=', (c) => {
    const eps = c.py('eps') ?? call('jnp.finfo', [{ kind: 'attribute', object: c.tensor('input'), name: 'dtype' }]);
    const value = c.py('eps') ?? ({ kind: 'attribute', object: eps, name: 'eps' } as const);
    return c.fresh(
      call(c.prelude('normalize_rms'), [c.tensor('input'), axesOf(c)], { weight: c.py('weight'), eps: value }),
      { elements: 'float', rank: c.facts('input').rank },
    );
  }),
  op('F.mse_loss', 'input, target, *, reduction=', (c) => {
    const squared = call('jnp.square', [
      { kind: 'binary', operator: '-', left: c.tensor('input'), right: c.tensor('target') },
    ]);
    return reduced(c, squared);
  }),
  op('F.l1_loss', 'input, target, *, reduction=', (c) => {
    return reduced(
      c,
      call(c.prelude('absolute'), [
        { kind: 'binary', operator: '-', left: c.tensor('input'), right: c.tensor('target') },
      ]),
    );
  }),
];

function reduced(c: OpCall, value: Py) {
  const reduction = c.has('reduction') ? c.text('reduction') : 'mean';
  if (reduction === 'mean') return c.fresh(call('jnp.mean', [value]), { elements: 'float', rank: 0 });
  if (reduction === 'sum') return c.fresh(call('jnp.sum', [value]), { elements: 'float', rank: 0 });
  if (reduction === 'none') return c.fresh(value, { elements: 'float' });
  return c.refuse('`reduction` is not a string in the source');
}

/** The trailing axes that a normalised shape names. */
function axesOf(c: OpCall): Py {
  const { code, items } = c.sizes('normalized_shape');
  if (items?.length === 1 || c.known('normalized_shape')?.kind === 'number') return integer(-1);
  if (items) return { kind: 'tuple', items: items.map((_, at) => integer(at - items.length)) };
  return call('tuple', [call('range', [{ kind: 'unary', operator: '-', operand: call('len', [code]) }, literal('0')])]);
}
