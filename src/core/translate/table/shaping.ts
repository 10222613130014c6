/** Shapes: the same elements in another arrangement. */
import { manyOf, present, sequenceKnown, SIZE, tensorKnown, NUMBER } from '../known';
import type { Term } from '../known';
import { isBrief, itemsOf, numberOf, op, sizeOf } from '../op';
import type { Op, OpCall } from '../op';
import { attribute, binary, call, integer, method, subscript, tuple } from '../python';
import type { Py } from '../python';

/** The written sizes of a method that NumPy and PyTorch spell alike: one sequence, or one by one. */
function loose(c: OpCall, parameter: string): { args: readonly Py[]; rank: number | null } {
  const all = c.many(parameter);
  const { items } = c.sizes(parameter);
  return {
    args: all.map((each) => (each.code.kind === 'list' ? tuple(each.code.items) : each.code)),
    rank: items?.length ?? null,
  };
}

/** `x.expand(-1, n)`: a -1 keeps the size that is there, counted from the end. */
function expanded(c: OpCall): Term {
  const x = c.tensor('input');
  const { code, items } = c.sizes('size');
  const given = c.known('size');
  // What came from a tensor's shape is never -1.
  if (given?.kind === 'sequence' && given.size) return c.view(call('jnp.broadcast_to', [x, code]), 'input');
  if (!items) return c.refuse('which of the sizes of this expand are -1 is not known');
  if (items.some((each) => each.known.kind !== 'number'))
    return c.refuse('which of the sizes of this expand are -1 is not known');
  const kept = items.some((each) => numberOf(each) === -1);
  if (kept && !isBrief(x)) return c.view(call(c.prelude('expand'), [x, code]), 'input', { rank: items.length });
  const sizes = kept
    ? tuple(items.map((each, at) => (numberOf(each) === -1 ? sizeOf(x, at - items.length) : each.code)))
    : code;
  return c.view(call('jnp.broadcast_to', [x, sizes]), 'input', { rank: items.length });
}

/** Pieces of `size` elements along an axis; the last one may be smaller. */
function split(c: OpCall): Term {
  const x = c.tensor('input');
  const sizes = c.arg('split_size');
  const axis = c.py('dim');
  const known = manyOf('list', tensorKnown({ elements: c.facts('input').elements, roots: c.facts('input').roots }));
  const items = sizes && itemsOf(sizes);
  if (items) {
    const numbers = items.map((each) => each.code);
    // jnp.split wants the places where the pieces begin.
    const starts = numbers.slice(0, -1).map((_, at) => sumOf(numbers.slice(0, at + 1)));
    return {
      code: call('jnp.split', [x, { kind: 'list', items: starts }], { axis }),
      known: { ...known, items: items.map(() => known.element) },
    };
  }
  if (sizes?.known.kind !== 'number') return c.refuse('the sizes of this split are not spelt out');
  if (!isBrief(x)) return { code: call(c.prelude('split'), [x, sizes.code], { axis }), known };
  const extent = subscript(attribute(x, 'shape'), axis ?? integer(0));
  return {
    code: call('jnp.split', [x, call('list', [call('range', [sizes.code, extent, sizes.code])])], { axis }),
    known,
  };
}

function sumOf(items: readonly Py[]): Py {
  const [first = integer(0), ...rest] = items;
  const numbers = items.map((each) => (each.kind === 'literal' && /^\d+$/.test(each.text) ? Number(each.text) : null));
  if (numbers.every((each) => each !== null)) return integer(numbers.reduce((a, b) => a + b, 0));
  return rest.reduce((sum, each) => binary(sum, '+', each), first);
}

function permuted(c: OpCall): Term {
  const { code, items } = c.sizes('dims');
  return c.view(call('jnp.transpose', [c.tensor('input'), code.kind === 'list' ? tuple(code.items) : code]), 'input', {
    rank: items?.length ?? null,
  });
}

function listed(c: OpCall, jax: string): Term {
  const tensors = c.arg('tensors');
  const known = c.known('tensors');
  if (!tensors || (known?.kind !== 'sequence' && known?.kind !== 'unknown'))
    return c.refuse(`what ${c.spelling} joins is not known`);
  const element = known.kind === 'sequence' ? known.element : known;
  return c.fresh(call(jax, [tensors.code], { axis: c.py('dim') }), {
    elements: element.kind === 'tensor' ? element.elements : null,
  });
}

export const SHAPING: readonly Op[] = [
  op('reshape .reshape .view', 'input, shape...', (c) => {
    const { args, rank } = loose(c, 'shape');
    return c.view(method(c.tensor('input'), 'reshape', args), 'input', { rank });
  }),
  op('.reshape_as .view_as', 'input, other', (c) =>
    c.view(method(c.tensor('input'), 'reshape', [attribute(c.tensor('other'), 'shape')]), 'input'),
  ),
  op('flatten .flatten', 'input, start_dim=, end_dim=', (c) => {
    const start = c.has('start_dim') ? c.number('start_dim') : 0;
    const end = c.has('end_dim') ? c.number('end_dim') : -1;
    if (start === null || end === null) return c.refuse(`the axes of ${c.spelling} are not spelt out`);
    const x = c.tensor('input');
    if (start === 0 && end === -1) return c.view(method(x, 'reshape', [integer(-1)]), 'input', { rank: 1 });
    if (!isBrief(x))
      return c.view(
        call(c.prelude('flatten'), [x, integer(start)], { end: end === -1 ? null : integer(end) }),
        'input',
      );
    const shape = attribute(x, 'shape');
    const head: readonly Py[] =
      start === 0
        ? []
        : start === 1
          ? [sizeOf(x, 0)]
          : [{ kind: 'starred', value: subscript(shape, slice(null, integer(start))) }];
    const tail: readonly Py[] =
      end === -1 ? [] : [{ kind: 'starred', value: subscript(shape, slice(integer(end + 1), null)) }];
    return c.view(method(x, 'reshape', [...head, integer(-1), ...tail]), 'input');
  }),
  op('unflatten .unflatten', 'input, dim, sizes', (c) => {
    const dim = c.number('dim');
    const { items } = c.sizes('sizes');
    if (dim === null || !items) return c.refuse('the sizes of unflatten are not spelt out');
    const x = c.tensor('input');
    const sizes = tuple(items.map((each) => each.code));
    if (!isBrief(x)) return c.view(call(c.prelude('unflatten'), [x, integer(dim), sizes]), 'input');
    const shape = attribute(x, 'shape');
    const head = dim === 0 ? [] : [{ kind: 'starred', value: subscript(shape, slice(null, integer(dim))) } as const];
    const tail =
      dim === -1 ? [] : [{ kind: 'starred', value: subscript(shape, slice(integer(dim + 1), null)) } as const];
    return c.view(method(x, 'reshape', [...head, ...items.map((each) => each.code), ...tail]), 'input');
  }),
  op('permute .permute', 'input, dims...', permuted),
  op('transpose swapaxes swapdims .transpose .swapaxes .swapdims', 'input, dim0, dim1', (c) => {
    const x = c.tensor('input');
    return c.view(call('jnp.swapaxes', [x, c.need('dim0'), c.need('dim1')]), 'input', { rank: c.facts('input').rank });
  }),
  op('t .t', 'input', (c) => c.view(attribute(c.tensor('input'), 'T'), 'input')),
  op('adjoint .adjoint', 'input', (c) => c.view(call('jnp.conj', [attribute(c.tensor('input'), 'mT')]), 'input')),
  op('unsqueeze .unsqueeze', 'input, dim', (c) =>
    c.view(call('jnp.expand_dims', [c.tensor('input'), c.need('dim')]), 'input'),
  ),
  op('squeeze .squeeze', 'input, dim=', (c) => {
    const x = c.tensor('input');
    const dim = c.arg('dim');
    if (!dim) return c.view(call('jnp.squeeze', [x]), 'input');
    // PyTorch leaves an axis that is longer than 1 as it is, where JAX raises an error.
    return c.view(
      call(c.prelude('squeeze'), [x, dim.code.kind === 'list' ? tuple(dim.code.items) : dim.code]),
      'input',
    );
  }),
  op('.expand broadcast_to .broadcast_to', 'input, size...', expanded),
  op('.expand_as', 'input, other', (c) =>
    c.view(call('jnp.broadcast_to', [c.tensor('input'), attribute(c.tensor('other'), 'shape')]), 'input'),
  ),
  op('tile .tile .repeat', 'input, repeats...', (c) => {
    const { code } = c.sizes('repeats');
    return c.fresh(call('jnp.tile', [c.tensor('input'), code]), { elements: c.facts('input').elements });
  }),
  op('repeat_interleave .repeat_interleave', 'input, repeats, dim=, *, output_size=', (c) => {
    c.ignore('output_size');
    if (c.known('repeats')?.kind === 'tensor')
      return c.refuse('the result of repeat_interleave has a shape that depends on a tensor');
    return c.fresh(call('jnp.repeat', [c.tensor('input'), c.need('repeats')], { axis: c.py('dim') }), {
      elements: c.facts('input').elements,
    });
  }),
  op('cat concat concatenate', 'tensors, dim=', (c) => listed(c, 'jnp.concatenate')),
  op('stack', 'tensors, dim=', (c) => listed(c, 'jnp.stack')),
  op('hstack', 'tensors', (c) => listed(c, 'jnp.hstack')),
  op('vstack row_stack', 'tensors', (c) => listed(c, 'jnp.vstack')),
  op('chunk .chunk', 'input, chunks, dim=', (c) => {
    const x = c.tensor('input');
    const { elements, roots } = c.facts('input');
    const element = tensorKnown({ elements, roots });
    const count = c.number('chunks');
    const known = {
      ...manyOf('list', element),
      items: count === null ? null : Array.from({ length: count }, () => element),
    };
    // Chunks of ceil(n / chunks), as PyTorch makes them: jnp.array_split would balance an uneven rest.
    return { code: call(c.prelude('chunk'), [x, c.need('chunks')], { axis: c.py('dim') }), known };
  }),
  op('split .split', 'input, split_size, dim=', split),
  op('tensor_split .tensor_split', 'input, indices_or_sections, dim=', (c) => {
    const { elements, roots } = c.facts('input');
    return {
      code: call('jnp.array_split', [c.tensor('input'), c.need('indices_or_sections')], { axis: c.py('dim') }),
      known: manyOf('list', tensorKnown({ elements, roots })),
    };
  }),
  op('unbind .unbind', 'input, dim=', (c) => {
    const { elements, roots } = c.facts('input');
    const x = c.tensor('input');
    const dim = c.has('dim') ? c.number('dim') : 0;
    const known = manyOf('list', tensorKnown({ elements, roots }));
    const rows = dim === 0 ? x : call('jnp.moveaxis', [x, c.need('dim'), integer(0)]);
    return { code: call('list', [rows]), known };
  }),
  op('movedim moveaxis .movedim .moveaxis', 'input, source, destination', (c) =>
    c.view(call('jnp.moveaxis', [c.tensor('input'), c.need('source'), c.need('destination')]), 'input'),
  ),
  op('flip .flip', 'input, dims...', (c) => {
    const { code, items } = c.sizes('dims');
    const [only] = items ?? [];
    return c.fresh(
      call('jnp.flip', [c.tensor('input')], { axis: items?.length === 1 && only ? only.code : code }),
      c.facts('input'),
    );
  }),
  op('roll .roll', 'input, shifts, dims=', (c) =>
    c.fresh(call('jnp.roll', [c.tensor('input'), c.need('shifts')], { axis: c.py('dims') }), c.facts('input')),
  ),
  op('.size', 'input, dim=', (c) => {
    const x = c.tensor('input');
    const dim = c.py('dim');
    return dim
      ? { code: subscript(attribute(x, 'shape'), dim), known: NUMBER }
      : { code: attribute(x, 'shape'), known: SIZE };
  }),
  op('.dim .ndimension', 'input', (c) => ({ code: attribute(c.tensor('input'), 'ndim'), known: NUMBER })),
  op('diagonal .diagonal', 'input, offset=, dim1=, dim2=', (c) =>
    c.view(
      call('jnp.diagonal', [c.tensor('input')], { offset: c.py('offset'), axis1: c.py('dim1'), axis2: c.py('dim2') }),
      'input',
    ),
  ),
  op('diag .diag', 'input, diagonal=', (c) =>
    c.fresh(call('jnp.diag', [c.tensor('input')], { k: c.py('diagonal') }), { elements: c.facts('input').elements }),
  ),
  op('meshgrid', 'tensors..., *, indexing=', (c) => {
    const indexing = c.py('indexing') ?? ({ kind: 'literal', text: '"ij"' } as const);
    const given = c.many('tensors');
    const [only] = given;
    const tensors = given.length === 1 && only ? (itemsOf(only) ?? given) : given;
    if (tensors.some((each) => present(each.known).kind !== 'tensor'))
      return c.refuse('what torch.meshgrid is given is not known to be tensors');
    return {
      code: call(
        'jnp.meshgrid',
        tensors.map((each) => each.code),
        { indexing },
      ),
      known: sequenceKnown(
        'list',
        tensors.map(() => tensorKnown()),
      ),
    };
  }),
  op('atleast_2d', 'input', (c) => c.view(call('jnp.atleast_2d', [c.tensor('input')]), 'input')),
  op('F.pad', 'input, pad, mode=, value=', (c) => {
    const pads = c.arg('pad');
    const items = pads && itemsOf(pads);
    if (!items || (c.has('mode') && c.text('mode') !== 'constant'))
      return c.refuse('F.pad is translated with widths in the source and mode constant');
    if (items.some((each) => (numberOf(each) ?? 0) < 0))
      return c.refuse('F.pad with negative widths cuts, which is not translated');
    c.ignore('mode');
    c.castsNumbers('value');
    return c.fresh(
      call(c.prelude('pad'), [c.tensor('input'), tuple(items.map((each) => each.code))], { value: c.py('value') }),
      c.facts('input'),
    );
  }),
];

function slice(lower: Py | null, upper: Py | null): Py {
  return { kind: 'slice', lower, upper, step: null };
}
