/** Operations on each element. */
import type { Elements } from '../known';
import { astype, minus, op, plus, times } from '../op';
import type { Op, OpCall } from '../op';
import { binary, call, dotted, integer, literal } from '../python';
import type { Py } from '../python';

/** One argument in, one value out, the same name on both sides but for its module. */
function unary(names: string, jax: string, elements: 'float' | 'same' | 'bool' = 'float'): Op {
  return op(names, 'input', (c) => {
    const { elements: own, rank, dtype } = c.facts('input');
    const kind = elements === 'same' ? own : elements;
    return c.fresh(call(jax, [c.tensor('input')]), { elements: kind, rank, dtype: kind === 'bool' ? null : dtype });
  });
}

/** As `unary`, for functions of JAX that take floats only. */
function ofFloats(names: string, jax: string): Op {
  return op(names, 'input', (c) => {
    const { elements, rank, dtype } = c.facts('input');
    const x = c.tensor('input');
    const whole = elements === 'int' || elements === 'bool';
    return c.fresh(call(jax, [whole ? astype(x, dotted('jnp.float32')) : x]), {
      elements: 'float',
      rank,
      dtype: whole ? 'jnp.float32' : dtype,
    });
  });
}

function comparison(names: string, operator: string): Op {
  return op(names, 'input, other', (c) =>
    c.fresh(
      { kind: 'compare', operators: [operator], operands: [c.tensor('input'), c.tensor('other')] },
      { elements: 'bool' },
    ),
  );
}

function operator(names: string, sign: string): Op {
  return op(names, 'input, other', (c) => c.fresh(binary(c.tensor('input'), sign, c.tensor('other')), kindOf(c)));
}

function kindOf(c: OpCall) {
  const [input, other] = [c.facts('input'), c.facts('other')];
  return { elements: input.elements ?? other.elements, dtype: input.dtype === other.dtype ? input.dtype : null };
}

/** `input + alpha * other` */
function scaledSum(names: string, sign: '+' | '-'): Op {
  return op(names, 'input, other, *, alpha=', (c) => {
    c.castsNumbers('alpha');
    const other = c.tensor('other');
    const scaled = c.has('alpha') ? times(c.need('alpha'), other) : other;
    return c.fresh(binary(c.tensor('input'), sign, scaled), kindOf(c));
  });
}

/** A rectifier: the `inplace` flag is about memory. */
function activation(names: string, emit: (c: OpCall, x: Py) => Py, parameters = ''): Op {
  return op(names, `input${parameters === '' ? '' : `, ${parameters}`}, inplace=`, (c) => {
    if (c.certainFlag('inplace', false))
      return c.refuse(`${c.spelling} with inplace=True changes its argument`, 'use it without inplace');
    return c.fresh(emit(c, c.tensor('input')), { elements: 'float', rank: c.facts('input').rank });
  });
}

/** At zero jnp.abs has a gradient of one. */
export function absolute(c: Pick<OpCall, 'prelude'>, x: Py, elements: Elements | null): Py {
  const smooth = elements === 'float' || elements === null;
  return call(smooth ? c.prelude('absolute') : 'jnp.abs', [x]);
}

/** On a bound itself PyTorch's gradient is that of the tensor, where jnp.clip parts it. */
function clamp(c: OpCall): Py {
  return call(c.prelude('clamp'), [c.tensor('input')], { low: c.py('min'), high: c.py('max') });
}

/** Like a clamp, but on a bound itself without a gradient. */
export function hardtanh(helper: string, x: Py, low: Py | null, high: Py | null): Py {
  return call(helper, [x], { low, high });
}

export const POINTWISE: readonly Op[] = [
  unary('exp .exp', 'jnp.exp'),
  unary('exp2 torch.special.exp2 .exp2', 'jnp.exp2'),
  unary('expm1 torch.special.expm1 .expm1', 'jnp.expm1'),
  unary('log .log', 'jnp.log'),
  unary('log2 .log2', 'jnp.log2'),
  unary('log10 .log10', 'jnp.log10'),
  unary('log1p torch.special.log1p .log1p', 'jnp.log1p'),
  unary('sqrt .sqrt', 'jnp.sqrt'),
  ofFloats('rsqrt .rsqrt', 'jax.lax.rsqrt'),
  op('abs absolute .abs .absolute', 'input', (c) =>
    c.fresh(absolute(c, c.tensor('input'), c.facts('input').elements), c.facts('input')),
  ),
  unary('neg negative .neg .negative', 'jnp.negative', 'same'),
  op('sign .sign', 'input', (c) => {
    const { elements } = c.facts('input');
    // The sign of a truth value is the value itself, and jnp.sign takes numbers only.
    return c.fresh(elements === 'bool' ? c.tensor('input') : call('jnp.sign', [c.tensor('input')]), c.facts('input'));
  }),
  unary('sin .sin', 'jnp.sin'),
  unary('cos .cos', 'jnp.cos'),
  unary('tan .tan', 'jnp.tan'),
  unary('asin arcsin .asin', 'jnp.arcsin'),
  unary('acos arccos .acos', 'jnp.arccos'),
  unary('atan arctan .atan', 'jnp.arctan'),
  unary('sinh .sinh', 'jnp.sinh'),
  unary('cosh .cosh', 'jnp.cosh'),
  unary('tanh F.tanh .tanh', 'jnp.tanh'),
  unary('erf torch.special.erf .erf', 'jax.scipy.special.erf'),
  unary('erfc torch.special.erfc .erfc', 'jax.scipy.special.erfc'),
  unary('erfinv torch.special.erfinv .erfinv', 'jax.scipy.special.erfinv'),
  ofFloats('sigmoid F.sigmoid torch.special.expit .sigmoid', 'jax.nn.sigmoid'),
  unary('floor .floor', 'jnp.floor', 'same'),
  unary('ceil .ceil', 'jnp.ceil', 'same'),
  unary('trunc .trunc', 'jnp.trunc', 'same'),
  unary('isnan .isnan', 'jnp.isnan', 'bool'),
  unary('isinf .isinf', 'jnp.isinf', 'bool'),
  unary('isfinite .isfinite', 'jnp.isfinite', 'bool'),
  unary('logical_not .logical_not', 'jnp.logical_not', 'bool'),
  unary('conj .conj', 'jnp.conj', 'same'),
  op('square .square', 'input', (c) => c.fresh(call('jnp.square', [c.tensor('input')]), c.facts('input'))),
  op('reciprocal .reciprocal', 'input', (c) =>
    c.fresh(binary(integer(1), '/', c.tensor('input')), { elements: 'float' }),
  ),
  op('round .round', 'input, *, decimals=', (c) =>
    c.fresh(call('jnp.round', [c.tensor('input')], { decimals: c.py('decimals') }), c.facts('input')),
  ),
  scaledSum('add .add', '+'),
  scaledSum('sub subtract .sub .subtract', '-'),
  op('rsub', 'input, other, *, alpha=', (c) => {
    c.castsNumbers('alpha');
    const x = c.tensor('input');
    return c.fresh(minus(c.tensor('other'), c.has('alpha') ? times(c.need('alpha'), x) : x), kindOf(c));
  }),
  operator('mul multiply .mul .multiply', '*'),
  op('div divide true_divide .div .divide .true_divide', 'input, other, *, rounding_mode=', (c) => {
    if (!c.arg('rounding_mode'))
      return c.fresh(binary(c.tensor('input'), '/', c.tensor('other')), { elements: 'float' });
    const mode = c.text('rounding_mode');
    if (mode === 'floor') return c.fresh(binary(c.tensor('input'), '//', c.tensor('other')), kindOf(c));
    if (mode === 'trunc' && c.facts('input').elements === 'float')
      return c.fresh(call('jnp.trunc', [binary(c.tensor('input'), '/', c.tensor('other'))]), { elements: 'float' });
    return c.refuse('this rounding_mode is not translated');
  }),
  operator('floor_divide .floor_divide', '//'),
  operator('remainder .remainder', '%'),
  op('fmod .fmod', 'input, other', (c) => c.fresh(call('jnp.fmod', [c.tensor('input'), c.tensor('other')]), kindOf(c))),
  op('pow .pow', 'input, exponent', (c) =>
    c.fresh(binary(c.tensor('input'), '**', c.tensor('exponent')), { elements: c.facts('input').elements }),
  ),
  op('atan2 arctan2 .atan2', 'input, other', (c) =>
    c.fresh(call('jnp.arctan2', [c.tensor('input'), c.tensor('other')]), { elements: 'float' }),
  ),
  op('hypot .hypot', 'input, other', (c) =>
    c.fresh(call('jnp.hypot', [c.tensor('input'), c.tensor('other')]), { elements: 'float' }),
  ),
  op('addcmul .addcmul', 'input, tensor1, tensor2, *, value=', (c) => {
    c.castsNumbers('value');
    const product = times(c.tensor('tensor1'), c.tensor('tensor2'));
    return c.fresh(
      plus(c.tensor('input'), c.has('value') ? times(c.need('value'), product) : product),
      c.facts('input'),
    );
  }),
  op('addcdiv .addcdiv', 'input, tensor1, tensor2, *, value=', (c) => {
    const numerator = c.has('value') ? times(c.need('value'), c.tensor('tensor1')) : c.tensor('tensor1');
    return c.fresh(plus(c.tensor('input'), binary(numerator, '/', c.tensor('tensor2'))), c.facts('input'));
  }),
  op('lerp .lerp', 'input, end, weight', (c) =>
    c.fresh(call(c.prelude('lerp'), [c.tensor('input'), c.tensor('end'), c.tensor('weight')]), c.facts('input')),
  ),
  comparison('eq .eq', '=='),
  comparison('ne not_equal .ne', '!='),
  comparison('lt less .lt', '<'),
  comparison('le less_equal .le', '<='),
  comparison('gt greater .gt', '>'),
  comparison('ge greater_equal .ge', '>='),
  op('logical_and .logical_and', 'input, other', (c) =>
    c.fresh(call('jnp.logical_and', [c.tensor('input'), c.tensor('other')]), { elements: 'bool' }),
  ),
  op('logical_or .logical_or', 'input, other', (c) =>
    c.fresh(call('jnp.logical_or', [c.tensor('input'), c.tensor('other')]), { elements: 'bool' }),
  ),
  operator('bitwise_and .bitwise_and', '&'),
  operator('bitwise_or .bitwise_or', '|'),
  op('clamp clip .clamp .clip', 'input, min=, max=', (c) => c.fresh(clamp(c), c.facts('input'))),
  op('clamp_min .clamp_min', 'input, min', (c) =>
    c.fresh(call(c.prelude('clamp'), [c.tensor('input')], { low: c.need('min') }), c.facts('input')),
  ),
  op('clamp_max .clamp_max', 'input, max', (c) =>
    c.fresh(call(c.prelude('clamp'), [c.tensor('input')], { high: c.need('max') }), c.facts('input')),
  ),
  op('maximum fmax .maximum', 'input, other', (c) =>
    c.fresh(call('jnp.maximum', [c.tensor('input'), c.tensor('other')]), kindOf(c)),
  ),
  op('minimum fmin .minimum', 'input, other', (c) =>
    c.fresh(call('jnp.minimum', [c.tensor('input'), c.tensor('other')]), kindOf(c)),
  ),
  op('nan_to_num .nan_to_num', 'input, nan=, posinf=, neginf=', (c) =>
    c.fresh(
      call('jnp.nan_to_num', [c.tensor('input')], { nan: c.py('nan'), posinf: c.py('posinf'), neginf: c.py('neginf') }),
      c.facts('input'),
    ),
  ),
  op('logaddexp .logaddexp', 'input, other', (c) =>
    c.fresh(call('jnp.logaddexp', [c.tensor('input'), c.tensor('other')]), { elements: 'float' }),
  ),
  op('xlogy torch.special.xlogy .xlogy', 'input, other', (c) =>
    c.fresh(call('jax.scipy.special.xlogy', [c.tensor('input'), c.tensor('other')]), { elements: 'float' }),
  ),
  activation('relu F.relu .relu', (_, x) => call('jax.nn.relu', [x])),
  activation('F.relu6', (c, x) => hardtanh(c.prelude('hardtanh'), x, integer(0), integer(6))),
  activation('F.silu', (_, x) => call('jax.nn.silu', [x])),
  activation('F.mish', (_, x) => call('jax.nn.mish', [x])),
  activation('F.selu selu', (_, x) => call('jax.nn.selu', [x])),
  activation('F.hardswish', (_, x) => call('jax.nn.hard_swish', [x])),
  activation('F.hardsigmoid', (_, x) => call('jax.nn.hard_sigmoid', [x])),
  activation('F.elu', (c, x) => call('jax.nn.elu', [x, ...optional(c, 'alpha')]), 'alpha='),
  activation('F.celu', (c, x) => call('jax.nn.celu', [x, ...optional(c, 'alpha')]), 'alpha='),
  activation(
    'F.leaky_relu',
    (c, x) => call(c.prelude('leaky_relu'), [x, ...optional(c, 'negative_slope')]),
    'negative_slope=',
  ),
  activation(
    'F.hardtanh',
    (c, x) => {
      c.castsNumbers('min_val', 'max_val');
      return hardtanh(c.prelude('hardtanh'), x, c.py('min_val'), c.py('max_val'));
    },
    'min_val=, max_val=',
  ),
  op('F.gelu', 'input, *, approximate=', (c) => {
    const approximate = c.has('approximate') ? c.text('approximate') : 'none';
    if (approximate === null) return c.refuse('`approximate` of F.gelu is not a string in the source');
    return c.fresh(gelu(c.tensor('input'), approximate === 'tanh'), { elements: 'float' });
  }),
  op('F.softplus', 'input, beta=, threshold=', (c) => c.fresh(softplus(c), { elements: 'float' })),
  op('F.logsigmoid', 'input', (c) => c.fresh(call('jax.nn.log_sigmoid', [c.tensor('input')]), { elements: 'float' })),
  op('F.softsign', 'input', (c) => c.fresh(call('jax.nn.soft_sign', [c.tensor('input')]), { elements: 'float' })),
  op('F.tanhshrink', 'input', (c) =>
    c.fresh(call(c.prelude('tanhshrink'), [c.tensor('input')]), { elements: 'float' }),
  ),
  op('F.glu', 'input, dim=', (c) =>
    c.fresh(call('jax.nn.glu', [c.tensor('input'), c.py('dim') ?? integer(-1)]), { elements: 'float' }),
  ),
  op('F.dropout dropout F.dropout1d F.dropout2d F.alpha_dropout', 'input, p=, training=, inplace=', (c) => {
    const training = c.flag('training', true);
    c.ignore('inplace');
    if (c.number('p') !== 0 && training !== false)
      return c.refuse(
        'dropout that is always on draws random numbers',
        'pass training=self.training: in eval mode it is the identity',
      );
    c.ignore('p');
    return c.view(c.tensor('input'), 'input');
  }),
];

function optional(c: OpCall, parameter: string): readonly Py[] {
  const value = c.py(parameter);
  return value ? [value] : [];
}

/** PyTorch's default is the exact form, JAX's is the tanh approximation. */
export function gelu(x: Py, approximate: boolean): Py {
  return call('jax.nn.gelu', [x], { approximate: approximate ? null : literal('False') });
}

function softplus(c: OpCall): Py {
  const x = c.tensor('input');
  const beta = c.has('beta') ? c.number('beta') : 1;
  // Beyond the threshold PyTorch gives x itself, which differs from the exact value by less than 2.1e-9.
  c.ignore('threshold');
  if (c.has('threshold') && c.number('threshold') !== 20)
    c.refuse('a `threshold` of softplus other than 20 is not translated');
  if (beta === 1) return call('jax.nn.softplus', [x]);
  return binary(call('jax.nn.softplus', [times(c.need('beta'), x)]), '/', c.need('beta'));
}
