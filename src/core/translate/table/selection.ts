/** Choosing elements: by conditions, masks and indices. */
import { astype, isBrief, op } from '../op';
import type { Op } from '../op';
import { attribute, call, subscript } from '../python';

export const SELECTION: readonly Op[] = [
  op('where', 'condition, input=, other=', (c) => {
    if (!c.has('input'))
      return c.refuse(
        'torch.where with one argument gives indices, whose number depends on values',
        'give all three arguments',
      );
    return c.fresh(call('jnp.where', [c.tensor('condition'), c.tensor('input'), c.tensor('other')]), {
      elements: c.facts('input').elements ?? c.facts('other').elements,
    });
  }),
  op('.where', 'input, condition, other', (c) =>
    c.fresh(call('jnp.where', [c.tensor('condition'), c.tensor('input'), c.tensor('other')]), {
      elements: c.facts('input').elements,
    }),
  ),
  op('masked_fill .masked_fill', 'input, mask, value', (c) => {
    c.castsNumbers('value');
    const [x, value] = [c.tensor('input'), c.tensor('value')];
    if (c.known('value')?.kind === 'tensor' && !isBrief(x))
      return c.fresh(call(c.prelude('masked_fill'), [x, c.tensor('mask'), value]), c.facts('input'));
    const filling = c.known('value')?.kind === 'tensor' ? astype(value, attribute(x, 'dtype')) : value;
    return c.fresh(call('jnp.where', [c.tensor('mask'), filling, x]), c.facts('input'));
  }),
  op('tril .tril', 'input, diagonal=', (c) =>
    c.fresh(call('jnp.tril', [c.tensor('input')], { k: c.py('diagonal') }), c.facts('input')),
  ),
  op('triu .triu', 'input, diagonal=', (c) =>
    c.fresh(call('jnp.triu', [c.tensor('input')], { k: c.py('diagonal') }), c.facts('input')),
  ),
  op('gather .gather', 'input, dim, index, *, sparse_grad=', (c) => {
    c.ignore('sparse_grad');
    // PyTorch reads only as much of the other axes as the index has; take_along_axis wants them alike.
    return c.fresh(call(c.prelude('gather'), [c.tensor('input'), c.need('dim'), c.tensor('index')]), {
      elements: c.facts('input').elements,
    });
  }),
  op('index_select .index_select', 'input, dim, index', (c) =>
    c.fresh(call('jnp.take', [c.tensor('input'), c.tensor('index')], { axis: c.need('dim') }), {
      elements: c.facts('input').elements,
    }),
  ),
  op('select .select', 'input, dim, index', (c) => {
    if (c.known('index')?.kind !== 'number') return c.refuse('the index of select is not a Python number');
    return c.view(call('jnp.take', [c.tensor('input'), c.need('index')], { axis: c.need('dim') }), 'input');
  }),
  op('narrow .narrow', 'input, dim, start, length', (c) =>
    c.view(
      call('jax.lax.dynamic_slice_in_dim', [c.tensor('input'), c.need('start'), c.need('length')], {
        axis: c.need('dim'),
      }),
      'input',
    ),
  ),
  op('F.embedding', 'input, weight, padding_idx=', (c) => {
    const [weight, index, padding] = [c.tensor('weight'), c.tensor('input'), c.py('padding_idx')];
    const code = padding ? call(c.prelude('embedding'), [weight, index, padding]) : subscript(weight, index);
    return c.fresh(code, { elements: 'float', dtype: c.facts('weight').dtype });
  }),
  op('F.one_hot', 'input, num_classes=', (c) => {
    if (!c.arg('num_classes') || c.number('num_classes') === -1)
      return c.refuse('the number of classes of F.one_hot depends on values', 'give num_classes');
    return c.fresh(
      call('jax.nn.one_hot', [c.tensor('input'), c.need('num_classes')], { dtype: { kind: 'name', name: 'int' } }),
      { elements: 'int' },
    );
  }),
  op('take_along_dim .take_along_dim', 'input, indices, dim', (c) =>
    c.fresh(call('jnp.take_along_axis', [c.tensor('input'), c.tensor('indices')], { axis: c.need('dim') }), {
      elements: c.facts('input').elements,
    }),
  ),
  op(
    'math.sqrt math.exp math.log math.log2 math.log10 math.floor math.ceil math.sin math.cos math.tanh math.prod math.pow math.fabs math.gcd',
    'x, y=',
    (c) => {
      if (c.known('x')?.kind === 'tensor')
        return c.refuse(`${c.spelling} takes the value of a tensor`, 'use the torch function of the same name');
      const y = c.py('y');
      return { code: call(c.spelling, [c.need('x'), ...(y ? [y] : [])]), known: { kind: 'number', value: null } };
    },
  ),
];
