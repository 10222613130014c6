/** Products of matrices. */
import { op, plus, times } from '../op';
import type { OpCall } from '../op';
import { attribute, call } from '../python';
import type { Py } from '../python';

/** Two operands of one product; the kind of the result's elements is theirs. */
function product(signature: string, names: string, emit: (a: Py, b: Py) => Py) {
  const [first = '', second = ''] = signature.split(',').map((each) => each.trim());
  return op(names, signature, (c) =>
    c.fresh(emit(c.tensor(first), c.tensor(second)), {
      elements: c.facts(first).elements ?? c.facts(second).elements,
      // PyTorch multiplies matrices of one dtype only.
      dtype: c.facts(first).dtype ?? c.facts(second).dtype,
    }),
  );
}

/** `beta * input + alpha * product`; with beta 0 PyTorch ignores the input, even where it is NaN. */
function added(c: OpCall, value: Py): Py {
  c.castsNumbers('beta', 'alpha');
  const beta = c.has('beta') ? c.number('beta') : 1;
  const alpha = c.has('alpha') ? c.number('alpha') : 1;
  const scaled = alpha === 1 ? value : times(c.need('alpha'), value);
  if (beta === 0) {
    // The input still gives the result its shape, which is the product's own unless it is larger.
    c.ignore('input');
    return scaled;
  }
  if (beta === null) c.refuse(`\`beta\` of ${c.spelling} is not a number in the source: 0 would mean something else`);
  return plus(beta === 1 ? c.tensor('input') : times(c.need('beta'), c.tensor('input')), scaled);
}

const matmul = (a: Py, b: Py): Py => ({ kind: 'binary', operator: '@', left: a, right: b });

export const PRODUCTS = [
  product('input, other', 'matmul torch.linalg.matmul .matmul', matmul),
  product('input, mat2', 'mm .mm', matmul),
  // Without a check, `@` would broadcast what torch.bmm refuses; shapes that run in PyTorch give the same.
  product('input, mat2', 'bmm .bmm', matmul),
  product('input, vec', 'mv .mv', matmul),
  product('input, other', 'dot .dot', (a, b) => call('jnp.dot', [a, b])),
  product('input, other', 'vdot .vdot', (a, b) => call('jnp.vdot', [a, b])),
  product('input, other', 'inner .inner', (a, b) => call('jnp.inner', [a, b])),
  product('input, vec2', 'outer ger .outer .ger', (a, b) => call('jnp.outer', [a, b])),
  op('addmm .addmm', 'input, mat1, mat2, *, beta=, alpha=', (c) => {
    return c.fresh(added(c, matmul(c.tensor('mat1'), c.tensor('mat2'))), c.facts('mat1'));
  }),
  op('baddbmm .baddbmm', 'input, batch1, batch2, *, beta=, alpha=', (c) => {
    return c.fresh(added(c, matmul(c.tensor('batch1'), c.tensor('batch2'))), c.facts('batch1'));
  }),
  op('addbmm .addbmm', 'input, batch1, batch2, *, beta=, alpha=', (c) => {
    const value = call('jnp.einsum', [
      { kind: 'literal', text: '"bij,bjk->ik"' },
      c.tensor('batch1'),
      c.tensor('batch2'),
    ]);
    return c.fresh(added(c, value), c.facts('batch1'));
  }),
  op('addmv .addmv', 'input, mat, vec, *, beta=, alpha=', (c) => {
    return c.fresh(added(c, matmul(c.tensor('mat'), c.tensor('vec'))), c.facts('mat'));
  }),
  op('F.linear', 'input, weight, bias=', (c) => {
    const value = matmul(c.tensor('input'), attribute(c.tensor('weight'), 'T'));
    const bias = c.arg('bias');
    if (bias?.known.kind === 'optional') {
      const helper = c.prelude('linear');
      return c.fresh(call(helper, [c.need('input'), c.need('weight'), bias.code]), c.facts('input'));
    }
    return c.fresh(bias ? plus(value, c.tensor('bias')) : value, c.facts('input'));
  }),
  op('F.bilinear', 'input1, input2, weight, bias=', (c) => {
    const value = call('jnp.einsum', [
      { kind: 'literal', text: '"...i,oij,...j->...o"' },
      c.tensor('input1'),
      c.tensor('weight'),
      c.tensor('input2'),
    ]);
    if (c.arg('bias')?.known.kind === 'optional')
      return c.refuse('whether the bias of F.bilinear is None is not known');
    return c.fresh(c.arg('bias') ? plus(value, c.tensor('bias')) : value, c.facts('input1'));
  }),
  op('einsum', 'equation, operands...', (c) => {
    const equation = c.arg('equation');
    const operands = c.many('operands');
    if (equation?.known.kind !== 'text')
      return c.refuse('the sublist form of torch.einsum is not translated', 'write the subscripts as a string');
    const [only] = operands;
    if (operands.some((each) => each.known.kind === 'tensor' && each.known.elements === 'bool'))
      return c.refuse('torch.einsum of truth values counts them, which is not translated', 'convert them with .long()');
    if (operands.length === 1 && only?.known.kind === 'sequence') {
      const items =
        only.code.kind === 'tuple' || only.code.kind === 'list'
          ? only.code.items
          : [{ kind: 'starred', value: only.code } as const];
      return c.fresh(call('jnp.einsum', [equation.code, ...items]));
    }
    return c.fresh(call('jnp.einsum', [equation.code, ...operands.map((each) => each.code)]), {
      elements: only?.known.kind === 'tensor' ? only.known.elements : null,
    });
  }),
  op('tensordot', 'a, b, dims=', (c) => {
    return c.fresh(call('jnp.tensordot', [c.tensor('a'), c.tensor('b')], { axes: c.py('dims') }));
  }),
  op('chain_matmul', 'matrices...', (c) => {
    return c.fresh(
      call('jnp.linalg.multi_dot', [{ kind: 'list', items: c.many('matrices').map((each) => each.code) }]),
    );
  }),
  op('torch.linalg.multi_dot', 'tensors', (c) => c.fresh(call('jnp.linalg.multi_dot', [c.need('tensors')]))),
  op('torch.linalg.vecdot', 'x, y, *, dim=', (c) => {
    return c.fresh(call('jnp.vecdot', [c.tensor('x'), c.tensor('y')], { axis: c.py('dim') }));
  }),
  op('torch.linalg.matrix_power matrix_power .matrix_power', 'input, n', (c) => {
    return c.fresh(call('jnp.linalg.matrix_power', [c.tensor('input'), c.need('n')]));
  }),
];
