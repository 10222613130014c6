/** Einsums of several operands: what the order from left to right costs is told, and nothing is edited. */
import assert from 'node:assert/strict';
import { findingsOf } from '../../src/core';
import { einsumCosts } from '../../src/core/rules/einsumCosts';
import { TestCore } from './support/analyze';

describe('einsums of several operands', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  it('tells the order that costs less', () => {
    const text = `import torch

# shape: a=f32[100, 100], b=f32[100, 100], v=f32[100]
def f(a, b, v):
    return torch.einsum("ij,jk,k->i", a, b, v)
`;
    const [only, more] = findingsOf(core.analyze(text)).filter((each) => each.code === 'MM306');
    assert.ok(only && !more);
    assert.deepEqual(only.fixes, []);
    assert.equal(
      only.message,
      'From left to right, as without `opt_einsum`, this needs 1.01 M multiplications; with `b` and `v` first it is 20 k.',
    );
  });

  it('counts what each order multiplies', () => {
    const sizes = new Map([
      ['i', 10],
      ['j', 20],
      ['k', 30],
      ['l', 2],
    ]);
    const chain = einsumCosts(
      [
        ['i', 'j'],
        ['j', 'k'],
        ['k', 'l'],
      ],
      ['i', 'l'],
      sizes,
    );
    assert.deepEqual(chain, { given: 6000 + 600, best: 1200 + 400, first: [1, 2] });
    // An index that the result needs stays, although two operands share it.
    const kept = einsumCosts(
      [
        ['i', 'j'],
        ['i', 'j'],
        ['j', 'k'],
      ],
      ['i', 'k'],
      sizes,
    );
    assert.deepEqual(kept, { given: 200 + 6000, best: 200 + 6000, first: [0, 1] });
  });
});
