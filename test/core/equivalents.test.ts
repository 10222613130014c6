/** What the lightbulb offers at a product: only what is the same. */
import assert from 'node:assert/strict';
import { equivalentsAt } from '../../src/core';
import { TestCore } from './support/analyze';

describe('equivalents of a product', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** Kinds and sources that are offered at the product in `return ...`. */
  const offered = (product: string, parameters: string): Readonly<Record<string, string>> => {
    const text = `import torch\nimport torch.nn.functional as F\nfrom jaxtyping import Float\nfrom torch import Tensor\n\ndef f(${parameters}):\n    return ${product}\n`;
    const found = equivalentsAt(core.analyze(text), text.indexOf('return') + 8);
    return Object.fromEntries(found.map((each) => [each.kind, each.source ?? each.fix?.edits[0]?.newText ?? '']));
  };
  const STACKS = 'a: Float[Tensor, "4 5 6"], b: Float[Tensor, "4 6 3"]';

  it('are the compiled function, the mapped product and JAX', () => {
    const all = offered('a @ b', STACKS);
    assert.equal(all.jit, '@torch.compile\n');
    assert.equal(all.vmap, 'torch.vmap(torch.matmul)(a, b)\n');
    assert.match(all.jax ?? '', /def product\(a, b\):\n    return jnp\.matmul\(a, b\)/);
  });

  it('map over the first operand where the second is one matrix', () => {
    assert.equal(
      offered('a @ b', 'a: Float[Tensor, "4 5 6"], b: Float[Tensor, "6 3"]').vmap,
      'torch.vmap(torch.matmul, in_dims=(0, None))(a, b)\n',
    );
  });

  for (const parameters of [
    'a: Float[Tensor, "3 4"], b: Float[Tensor, "2 4 6"]',
    'a: Float[Tensor, "1 3 4"], b: Float[Tensor, "2 4 6"]',
    'a, b',
  ]) {
    it(`are not mapped where that would not be broadcasting: ${parameters}`, () => {
      assert.equal('vmap' in offered('a @ b', parameters), false);
    });
  }

  for (const product of [
    'F.scaled_dot_product_attention(a, a, a, is_causal=True)',
    'torch.addmm(a, a, b, beta=0.5)',
    'torch.mm(a, b, out=a)',
  ]) {
    it(`are not shown in JAX where the call says more: ${product}`, () => {
      assert.equal('jax' in offered(product, 'a: Float[Tensor, "4 4"], b: Float[Tensor, "4 4"]'), false);
    });
  }

  it('are none for what multiplies in NumPy or JAX', () => {
    const text = 'import numpy as np\n\ndef f(a: np.ndarray, b: np.ndarray):\n    return a @ b\n';
    assert.deepEqual(equivalentsAt(core.analyze(text), text.indexOf('a @')), []);
  });
});
