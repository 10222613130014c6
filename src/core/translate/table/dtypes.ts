/** Conversions of element types, and what only concerns memory, devices or autograd. */
import { elementsOfDtype, present } from '../known';
import type { Elements, Term } from '../known';
import { astype, op } from '../op';
import type { Op, OpCall } from '../op';
import { flat } from '../print';
import { attribute, call, dotted } from '../python';
import type { Py } from '../python';

function cast(name: string, jax: string, elements: Elements): Op {
  return op(name, 'input, memory_format=', (c) => {
    c.ignore('memory_format');
    if (jax === 'int' || jax === 'float') c.note('64-bit types are 32 bits wide in JAX unless jax_enable_x64 is set.');
    return casted(c, dotted(jax), elements);
  });
}

/** A tensor that has the dtype already is not copied. */
function casted(c: OpCall, dtype: Py, elements: Elements | null): Term {
  const { rank } = c.facts('input');
  const text = flat(dtype);
  const known = /^(?:jnp\.\w+|int|bool)$/.test(text) ? text : null;
  return c.view(astype(c.tensor('input'), dtype), 'input', { elements, rank, dtype: known });
}

/** What is the same tensor in a program without devices, memory layouts or a tape. */
function identity(names: string, ...ignored: readonly string[]): Op {
  return op(names, ['input', ...ignored.map((each) => `${each}=`)].join(', '), (c) => {
    c.ignore(...ignored);
    return c.view(c.tensor('input'), 'input', { rank: c.facts('input').rank });
  });
}

function to(c: OpCall): Term {
  c.ignore('non_blocking', 'copy', 'memory_format', 'device');
  const x = c.tensor('input');
  const rank = c.facts('input').rank;
  for (const parameter of ['dtype', 'target', 'second']) {
    const given = c.arg(parameter);
    if (!given) continue;
    const known = present(given.known);
    if (known.kind === 'dtype') return casted(c, given.code, elementsOfDtype(known));
    if (known.kind === 'tensor')
      return c.view(astype(x, attribute(given.code, 'dtype')), 'input', {
        elements: known.elements,
        rank,
        dtype: known.dtype,
      });
    if (known.kind !== 'device' && known.kind !== 'text' && known.kind !== 'bool' && known.kind !== 'number')
      return c.refuse('whether this `.to` converts the dtype is not known', 'write dtype= or device=');
  }
  return c.view(x, 'input', { rank });
}

export const DTYPES: readonly Op[] = [
  op('.to', 'input, target=, second=, non_blocking=, copy=, *, dtype=, device=, memory_format=', to),
  op('.type', 'input, dtype', (c) => {
    if (c.known('dtype')?.kind !== 'dtype') return c.refuse('`.type` is translated with a dtype');
    return casted(c, c.need('dtype'), elementsOfDtype(c.known('dtype') ?? { kind: 'none' }));
  }),
  op('.type_as', 'input, other', (c) => {
    const { elements, dtype } = c.facts('other');
    const code = astype(c.tensor('input'), attribute(c.tensor('other'), 'dtype'));
    return c.view(code, 'input', { elements, dtype, rank: c.facts('input').rank });
  }),
  cast('.float', 'jnp.float32', 'float'),
  cast('.double', 'float', 'float'),
  cast('.half', 'jnp.float16', 'float'),
  cast('.bfloat16', 'jnp.bfloat16', 'float'),
  cast('.long', 'int', 'int'),
  cast('.int', 'jnp.int32', 'int'),
  cast('.bool', 'bool', 'bool'),
  identity('.contiguous', 'memory_format'),
  identity('.cuda', 'device', 'non_blocking'),
  identity('.cpu', 'memory_format'),
  op('clone .clone', 'input, memory_format=', (c) => {
    c.ignore('memory_format');
    // Arrays cannot be written to, so that a copy is the array itself.
    return c.fresh(c.tensor('input'), c.facts('input'));
  }),
  op('detach .detach', 'input', (c) =>
    c.view(call('jax.lax.stop_gradient', [c.tensor('input')]), 'input', { rank: c.facts('input').rank }),
  ),
  op('is_tensor', 'input', (c) => {
    if (c.known('input')?.kind !== 'tensor') return c.refuse('whether this is a tensor is not known');
    c.ignore('input');
    return { code: { kind: 'literal', text: 'True' }, known: { kind: 'bool', value: true } };
  }),
  op('.is_floating_point is_floating_point', 'input', (c) => ({
    code: call('jnp.issubdtype', [attribute(c.tensor('input'), 'dtype'), dotted('jnp.floating')]),
    known: { kind: 'bool', value: null },
  })),
  // Its limits are read from it as attributes.
  op('finfo', 'type', (c) => {
    if (c.known('type')?.kind !== 'dtype') return c.refuse('torch.finfo is translated for a dtype');
    return { code: call('jnp.finfo', [c.need('type')]), known: { kind: 'dtype', elements: null } };
  }),
  op('device', 'type, index=', (c) => {
    c.ignore('type', 'index');
    return { code: { kind: 'literal', text: 'None' }, known: { kind: 'device' } };
  }),
];
