/** Reductions over axes. */
import { op } from '../op';
import type { Op, OpCall } from '../op';
import { sequenceKnown, tensorKnown } from '../known';
import type { Elements, Term } from '../known';
import { call, integer, literal, tuple } from '../python';
import type { Py } from '../python';

/** `axis` and `keepdims` of the call, by their names in JAX. An axis list becomes a tuple. */
function axes(c: OpCall): Record<string, Py | null> {
  const dim = c.arg('dim');
  const axis = dim?.code.kind === 'list' ? tuple(dim.code.items) : (dim?.code ?? null);
  return { axis, keepdims: keepdims(c) };
}

function keepdims(c: OpCall): Py | null {
  const term = c.arg('keepdim');
  return term && !(term.code.kind === 'literal' && term.code.text === 'False') ? term.code : null;
}

function rankAfter(c: OpCall): number | null {
  return c.arg('dim') ? null : 0;
}

function reduction(names: string, jax: string, elements: Elements | 'same' = 'same'): Op {
  return op(names, 'input, dim=, keepdim=, *, dtype=', (c) => {
    const kind = elements === 'same' ? c.facts('input').elements : elements;
    const code = call(jax, [c.tensor('input')], { ...axes(c), dtype: c.py('dtype') });
    return c.fresh(code, { elements: kind, rank: rankAfter(c) });
  });
}

/** Of all elements, along one axis with the places of the extremes, or of two tensors. */
function extremum(names: string, reduce: string, along: 'largest' | 'smallest', elementwise: string): Op {
  return op(names, 'input, dim=, keepdim=', (c) => {
    const dim = c.arg('dim');
    const elements = c.facts('input').elements;
    const x = c.tensor('input');
    if (!dim) return c.fresh(call(reduce, [x]), { elements, rank: 0 });
    if (dim.known.kind === 'tensor') return c.fresh(call(elementwise, [x, dim.code]), { elements });
    // Of several that are equal PyTorch gives one the gradient, where jnp.max parts it.
    return pair(call(c.prelude(along), [x, dim.code], { keepdims: keepdims(c) }), elements);
  });
}

/** Values and their indices. */
function pair(code: Py, elements: Elements | null): Term {
  return { code, known: sequenceKnown('tuple', [tensorKnown({ elements }), tensorKnown({ elements: 'int' })]) };
}

function variance(names: string, jax: string): Op {
  return op(names, 'input, dim=, unbiased=, keepdim=, *, correction=', (c) => {
    const unbiased = c.arg('unbiased');
    const correction = c.arg('correction');
    // PyTorch divides by n - 1 unless told otherwise, NumPy and JAX by n.
    let ddof: Py | null = integer(1);
    if (correction) ddof = correction.code;
    else if (unbiased) {
      if (unbiased.known.kind !== 'bool' || unbiased.code.kind !== 'literal')
        return c.refuse(`\`unbiased\` of ${c.spelling} is not spelt out`);
      ddof = unbiased.known.value === true ? integer(1) : null;
    }
    const dim = c.arg('dim');
    // The older form `x.var(False)` has no axis.
    if (dim?.known.kind === 'bool')
      return c.refuse(`the form of ${c.spelling} with only \`unbiased\` is not translated`, 'write unbiased=');
    const zero = ddof?.kind === 'literal' && ddof.text === '0';
    return c.fresh(call(jax, [c.tensor('input')], { ...axes(c), ddof: zero ? null : ddof }), {
      elements: 'float',
      rank: rankAfter(c),
    });
  });
}

export const REDUCTIONS: readonly Op[] = [
  reduction('sum .sum', 'jnp.sum'),
  reduction('mean .mean', 'jnp.mean', 'float'),
  reduction('nansum .nansum', 'jnp.nansum'),
  reduction('nanmean .nanmean', 'jnp.nanmean', 'float'),
  reduction('prod .prod', 'jnp.prod'),
  op('amax .amax', 'input, dim=, keepdim=', (c) =>
    c.fresh(call('jnp.max', [c.tensor('input')], axes(c)), { elements: c.facts('input').elements, rank: rankAfter(c) }),
  ),
  op('amin .amin', 'input, dim=, keepdim=', (c) =>
    c.fresh(call('jnp.min', [c.tensor('input')], axes(c)), { elements: c.facts('input').elements, rank: rankAfter(c) }),
  ),
  op('argmax .argmax', 'input, dim=, keepdim=', (c) =>
    c.fresh(call('jnp.argmax', [c.tensor('input')], axes(c)), { elements: 'int' }),
  ),
  op('argmin .argmin', 'input, dim=, keepdim=', (c) =>
    c.fresh(call('jnp.argmin', [c.tensor('input')], axes(c)), { elements: 'int' }),
  ),
  op('all .all', 'input, dim=, keepdim=', (c) =>
    c.fresh(call('jnp.all', [c.tensor('input')], axes(c)), { elements: 'bool' }),
  ),
  op('any .any', 'input, dim=, keepdim=', (c) =>
    c.fresh(call('jnp.any', [c.tensor('input')], axes(c)), { elements: 'bool' }),
  ),
  extremum('max .max', 'jnp.max', 'largest', 'jnp.maximum'),
  extremum('min .min', 'jnp.min', 'smallest', 'jnp.minimum'),
  variance('var .var', 'jnp.var'),
  variance('std .std', 'jnp.std'),
  op('logsumexp torch.special.logsumexp .logsumexp', 'input, dim, keepdim=', (c) =>
    c.fresh(call('jax.scipy.special.logsumexp', [c.tensor('input')], axes(c)), { elements: 'float' }),
  ),
  op('cumsum .cumsum', 'input, dim, *, dtype=', (c) =>
    c.fresh(call('jnp.cumsum', [c.tensor('input')], { axis: c.need('dim'), dtype: c.py('dtype') }), c.facts('input')),
  ),
  op('cumprod .cumprod', 'input, dim, *, dtype=', (c) =>
    c.fresh(call('jnp.cumprod', [c.tensor('input')], { axis: c.need('dim'), dtype: c.py('dtype') }), c.facts('input')),
  ),
  op('norm .norm', 'input, p=, dim=, keepdim=', (c) => {
    const p = c.has('p') ? c.number('p') : 2;
    const fro = c.text('p') === 'fro';
    if (p === null && !fro) return c.refuse(`this order of ${c.spelling} is not translated`);
    return norm(c, fro ? 2 : (p ?? 2));
  }),
  op('torch.linalg.norm', 'input, ord=, dim=, keepdim=', (c) => {
    if (c.arg('ord') && c.number('ord') !== 2) return c.refuse('this order of torch.linalg.norm is not translated');
    const dim = c.arg('dim');
    if (c.arg('ord') && dim?.known.kind !== 'number')
      return c.refuse(
        'torch.linalg.norm with ord=2 of a matrix is its largest singular value',
        'give dim, or use torch.linalg.vector_norm',
      );
    return norm(c, 2);
  }),
  op('torch.linalg.vector_norm', 'input, ord=, dim=, keepdim=', (c) => {
    const order = c.has('ord') ? c.number('ord') : 2;
    return order === null ? c.refuse('this order of torch.linalg.vector_norm is not translated') : norm(c, order);
  }),
  op('F.normalize', 'input, p=, dim=, eps=', (c) => {
    if (c.has('p') && c.number('p') !== 2) return c.refuse('F.normalize with p other than 2 is not translated');
    c.ignore('p');
    const keywords = { axis: c.py('dim'), eps: c.py('eps') };
    return c.fresh(call(c.prelude('normalize'), [c.tensor('input')], keywords), c.facts('input'));
  }),
  op('F.cosine_similarity cosine_similarity', 'input, other, dim=, eps=', (c) => {
    const helper = c.prelude('cosine_similarity');
    return c.fresh(call(helper, [c.tensor('input'), c.tensor('other')], { axis: c.py('dim'), eps: c.py('eps') }), {
      elements: 'float',
    });
  }),
  op('trace .trace', 'input', (c) => c.fresh(call('jnp.trace', [c.tensor('input')]), c.facts('input'))),
  op('numel .numel .nelement', 'input', (c) => ({
    code: { kind: 'attribute', object: c.tensor('input'), name: 'size' },
    known: { kind: 'number', value: null },
  })),
  op('sort .sort', 'input, dim=, descending=', (c) => {
    const x = c.tensor('input');
    const keywords = { axis: c.py('dim'), descending: c.flag('descending', false) === true ? literal('True') : null };
    if (c.flag('descending', false) === null) return c.refuse('`descending` is not spelt out');
    return pair(call(c.prelude('sorted_with_places'), [x], keywords), c.facts('input').elements);
  }),
  op('argsort .argsort', 'input, dim=, descending=', (c) => {
    const keywords = { axis: c.py('dim'), descending: c.flag('descending', false) === true ? literal('True') : null };
    return c.fresh(call('jnp.argsort', [c.tensor('input')], keywords), { elements: 'int' });
  }),
  op('topk .topk', 'input, k, dim=, largest=, sorted=', (c) => {
    c.ignore('sorted');
    if (c.flag('largest', true) !== true || (c.has('dim') && c.number('dim') !== -1))
      return c.refuse('torch.topk is translated along the last axis, for the largest values');
    c.ignore('largest', 'dim');
    return {
      code: call('jax.lax.top_k', [c.tensor('input'), c.need('k')]),
      known: sequenceKnown('tuple', [tensorKnown(c.facts('input')), tensorKnown({ elements: 'int' })]),
    };
  }),
];

/** A vector norm over the given axes, or over all elements. */
function norm(c: OpCall, order: number): Term {
  const x = c.tensor('input');
  c.ignore('ord', 'p');
  const { axis, keepdims: keep } = axes(c);
  if (order === 2) {
    if (c.facts('input').elements === 'complex') return c.refuse('norms of complex tensors are not translated');
    // jnp.linalg.norm has NaN for its gradient at zero, and over two axes it is a matrix norm.
    return c.fresh(call(c.prelude('vector_norm'), [x], { axis, keepdims: keep }), { elements: 'float' });
  }
  if (order === 1)
    return c.fresh(call('jnp.sum', [call(c.prelude('absolute'), [x])], { axis, keepdims: keep }), {
      elements: 'float',
    });
  return c.refuse('norms of other orders than 1 and 2 are not translated');
}
