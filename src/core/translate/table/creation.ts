/** New tensors. */
import { op } from '../op';
import type { Op, OpCall } from '../op';
import { elementsOfDtype } from '../known';
import type { Elements } from '../known';
import { attribute, call } from '../python';
import type { Py } from '../python';

/** Where a tensor lives and whether autograd records it is for the caller of a JAX function to say. */
const PLACE = 'dtype=, device=, requires_grad=, layout=, pin_memory=, memory_format=';

/** Without a dtype PyTorch makes floats of 32 bits, unless the program changes its default. */
const DEFAULT_DTYPE = 'jnp.float32';

function place(c: OpCall): Py | null {
  c.ignore('device', 'layout', 'pin_memory', 'memory_format');
  if (c.flag('requires_grad', false) !== false)
    c.refuse('requires_grad is a mark for autograd', 'jax.grad takes the arguments to differentiate by');
  return c.py('dtype');
}

function kind(c: OpCall, otherwise: Elements | null): Elements | null {
  const dtype = c.known('dtype');
  return dtype ? elementsOfDtype(dtype) : otherwise;
}

function filled(names: string, jax: string): Op {
  return op(names, `size..., *, out=, ${PLACE}`, (c) => {
    const { code, items } = c.sizes('size');
    const elements = kind(c, 'float');
    const dtype = c.arg('dtype') ? null : DEFAULT_DTYPE;
    return c.fresh(call(jax, [code], { dtype: place(c) }), { elements, rank: items?.length ?? null, dtype });
  });
}

function filledLike(names: string, jax: string): Op {
  return op(names, `input, *, ${PLACE}`, (c) => {
    const { elements, rank, dtype } = c.facts('input');
    return c.fresh(call(jax, [c.tensor('input')], { dtype: place(c) }), {
      elements: kind(c, elements),
      rank,
      dtype: c.arg('dtype') ? null : dtype,
    });
  });
}

/** `x.new_zeros(2, 3)`: of the dtype of `x`. */
function filledAs(name: string, jax: string): Op {
  return op(name, `input, size..., *, ${PLACE}`, (c) => {
    const { code, items } = c.sizes('size');
    const dtype = place(c) ?? attribute(c.tensor('input'), 'dtype');
    c.ignore('input');
    return c.fresh(call(jax, [code], { dtype }), {
      elements: kind(c, c.facts('input').elements),
      rank: items?.length ?? null,
      dtype: c.arg('dtype') ? null : c.facts('input').dtype,
    });
  });
}

export const CREATION: readonly Op[] = [
  filled('zeros', 'jnp.zeros'),
  filled('ones', 'jnp.ones'),
  // Memory that is not written yet has no equivalent; what reads it before writing is at fault in both.
  filled('empty', 'jnp.zeros'),
  filledLike('zeros_like', 'jnp.zeros_like'),
  filledLike('ones_like', 'jnp.ones_like'),
  filledLike('empty_like', 'jnp.zeros_like'),
  filledAs('.new_zeros', 'jnp.zeros'),
  filledAs('.new_ones', 'jnp.ones'),
  filledAs('.new_empty', 'jnp.zeros'),
  op('full', `size, fill_value, *, ${PLACE}`, (c) => {
    const { code, items } = c.sizes('size');
    return c.fresh(call('jnp.full', [code, c.need('fill_value')], { dtype: place(c) }), {
      elements: kind(c, null),
      rank: items?.length ?? null,
    });
  }),
  op('.new_full', `input, size, fill_value, *, ${PLACE}`, (c) => {
    const { code } = c.sizes('size');
    const dtype = place(c) ?? attribute(c.tensor('input'), 'dtype');
    return c.fresh(call('jnp.full', [code, c.need('fill_value')], { dtype }), { elements: c.facts('input').elements });
  }),
  op('full_like', `input, fill_value, *, ${PLACE}`, (c) =>
    c.fresh(call('jnp.full_like', [c.tensor('input'), c.need('fill_value')], { dtype: place(c) }), c.facts('input')),
  ),
  op('arange', `start=, end=, step=, *, ${PLACE}`, (c) => {
    if (!c.has('start') && c.has('step')) return c.refuse('torch.arange with a step is translated with its start');
    const bounds = [c.py('start'), c.py('end'), c.py('step')].filter((each) => each !== null);
    const numbers = ['start', 'end', 'step'].map((each) => c.known(each)).filter((each) => each !== null);
    if (numbers.some((each) => each.kind === 'tensor'))
      return c.refuse('the length of this torch.arange depends on a tensor');
    const whole = numbers.every(
      (each) => each.kind === 'number' && (each.value === null || Number.isInteger(each.value)),
    );
    return c.fresh(call('jnp.arange', bounds, { dtype: place(c) }), {
      elements: kind(c, whole ? 'int' : null),
      rank: 1,
    });
  }),
  op('linspace', `start, end, steps, *, ${PLACE}`, (c) =>
    c.fresh(call('jnp.linspace', [c.need('start'), c.need('end'), c.need('steps')], { dtype: place(c) }), {
      elements: 'float',
      rank: 1,
    }),
  ),
  op('eye', `n, m=, *, ${PLACE}`, (c) => {
    const m = c.py('m');
    return c.fresh(call('jnp.eye', [c.need('n'), ...(m ? [m] : [])], { dtype: place(c) }), {
      elements: kind(c, 'float'),
      rank: 2,
    });
  }),
  // A Python number stays weakly typed, as PyTorch's tensors without dimensions are.
  op('tensor as_tensor', `data, *, ${PLACE}`, (c) => {
    const data = c.arg('data');
    if (data?.known.kind === 'tensor') return c.view(call('jnp.asarray', [data.code], { dtype: place(c) }), 'data');
    return c.fresh(
      call(data?.known.kind === 'sequence' ? 'jnp.array' : 'jnp.asarray', [c.need('data')], { dtype: place(c) }),
      { elements: kind(c, null) },
    );
  }),
];
