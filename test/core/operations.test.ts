/** The operation family: what is found, under which name, with which shapes and cost. */
import assert from 'node:assert/strict';
import { operationRecords } from '../../src/core';
import { formatDim } from '../../src/core/infer/dims';
import { formatShape } from '../../src/core/infer/shapes';
import { TestCore } from './support/analyze';

const HEADER = `import torch
import torch.nn.functional as F
import numpy as np
import jax
import jax.numpy as jnp
from torch import nn, Tensor, matmul as mm_alias
from jaxtyping import Float, Int

alias = torch.matmul


def f(
    m: Float[Tensor, "4 5"],
    n: Float[Tensor, "5 3"],
    v: Float[Tensor, "5"],
    b: Float[Tensor, "7 4 5"],
    c: Float[Tensor, "7 5 3"],
    s: Float[Tensor, "4 3"],
    q: Float[Tensor, "2 8 16 32"],
    i: Int[Tensor, "2 9"],
    a: Float[np.ndarray, "4 5"],
    j: Float[jax.Array, "4 5"],
    unknown,
):
    result = `;

describe('operations', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** What stands in `result = ...` as `op (operands) -> result, FLOPs`, outermost first. */
  const found = (code: string): readonly string[] => {
    const analysis = core.analyze(`${HEADER}${code}\n`);
    const function_ = analysis.functions.find((each) => each.key === 'f');
    return (function_?.operations ?? []).map((each) => {
      const operands = each.operands.map((operand) => formatShape(operand.value.shape)).join(' ');
      const flops = each.work.flops ? formatDim(each.work.flops) : '?';
      return `${each.framework} ${each.kind} ${each.op} ${operands} -> ${formatShape(each.result)}, ${flops}`;
    });
  };

  const cases: readonly (readonly [string, ...string[]])[] = [
    ['m @ n', 'torch op @ (4, 5) (5, 3) -> (4, 3), 120'],
    ['m @ v', 'torch op @ (4, 5) (5,) -> (4,), 40'],
    ['v @ n', 'torch op @ (5,) (5, 3) -> (3,), 30'],
    ['v @ v', 'torch op @ (5,) (5,) -> (), 10'],
    ['b @ n', 'torch op @ (7, 4, 5) (5, 3) -> (7, 4, 3), 840'],
    ['torch.matmul(b, c)', 'torch op matmul (7, 4, 5) (7, 5, 3) -> (7, 4, 3), 840'],
    ['mm_alias(m, n)', 'torch op matmul (4, 5) (5, 3) -> (4, 3), 120'],
    ['torch.mm(m, mat2=n)', 'torch op mm (4, 5) (5, 3) -> (4, 3), 120'],
    ['m.mm(n)', 'torch op mm (4, 5) (5, 3) -> (4, 3), 120'],
    ['torch.bmm(b, c)', 'torch op bmm (7, 4, 5) (7, 5, 3) -> (7, 4, 3), 840'],
    ['torch.mv(m, v)', 'torch op mv (4, 5) (5,) -> (4,), 40'],
    ['m.mv(v)', 'torch op mv (4, 5) (5,) -> (4,), 40'],
    ['torch.dot(v, v)', 'torch op dot (5,) (5,) -> (), 10'],
    ['torch.vdot(v, v)', 'torch op vdot (5,) (5,) -> (), 10'],
    ['torch.inner(m, v)', 'torch op inner (4, 5) (5,) -> (4,), 40'],
    ['torch.outer(v, v)', 'torch op outer (5,) (5,) -> (5, 5), 25'],
    ['torch.addmm(s, m, n)', 'torch op addmm (4, 3) (4, 5) (5, 3) -> (4, 3), 120'],
    ['torch.baddbmm(s, b, c)', 'torch op baddbmm (4, 3) (7, 4, 5) (7, 5, 3) -> (7, 4, 3), 840'],
    ['torch.addbmm(s, b, c)', 'torch op addbmm (4, 3) (7, 4, 5) (7, 5, 3) -> (4, 3), 840'],
    ['torch.addmv(v[:4], m, v)', 'torch op addmv (4,) (4, 5) (5,) -> (4,), 40'],
    ['torch.einsum("ij,jk->ik", m, n)', 'torch op einsum (4, 5) (5, 3) -> (4, 3), 120'],
    // Without an arrow, subscripts that recur are summed over: the batch as well.
    ['torch.einsum("bij,bjk", b, c)', 'torch op einsum (7, 4, 5) (7, 5, 3) -> (4, 3), 840'],
    ['alias(m, n)', 'torch op matmul (4, 5) (5, 3) -> (4, 3), 120'],
    ['torch.tensordot(m, n, dims=1)', 'torch op tensordot (4, 5) (5, 3) -> (4, 3), 120'],
    ['torch.chain_matmul(m, n, s.T)', 'torch op chain_matmul (4, 5) (5, 3) (3, 4) -> (4, 4), 216'],
    ['torch.linalg.multi_dot([m, n, s.T])', 'torch op multi_dot (4, 5) (5, 3) (3, 4) -> (4, 4), 216'],
    ['torch.linalg.matmul(m, n)', 'torch op matmul (4, 5) (5, 3) -> (4, 3), 120'],
    ['torch.linalg.vecdot(m, m)', 'torch op vecdot (4, 5) (4, 5) -> (4,), 40'],
    ['F.linear(m, n.T)', 'torch op linear (4, 5) (3, 5) -> (4, 3), 120'],
    ['F.linear(b, n.T, bias=n[0])', 'torch op linear (7, 4, 5) (3, 5) -> (7, 4, 3), 924'],
    ['F.scaled_dot_product_attention(q, q, q)', 'torch op scaled_dot_product_attention (2, 8, 16, 32) (2, 8, 16, 32) (2, 8, 16, 32) -> (2, 8, 16, 32), 524288'],
    ['nn.Linear(5, 3)(m)', 'torch linear_call linear (4, 5) (3, 5) -> (4, 3), 132', 'torch linear_ctor Linear (3, 5) -> (…), ?'],
    ['nn.Linear(5, 3, bias=False)(m)', 'torch linear_call linear (4, 5) (3, 5) -> (4, 3), 120', 'torch linear_ctor Linear (3, 5) -> (…), ?'],
    ['nn.Bilinear(5, 5, 2)(m, m)', 'torch bilinear_call bilinear (4, 5) (4, 5) (2, 5, 5) -> (4, 2), 400', 'torch bilinear_ctor Bilinear  -> (…), ?'],
    ['a @ a.T', 'numpy op @ (4, 5) (5, 4) -> (4, 4), 160'],
    ['np.dot(a, a.T)', 'numpy op dot (4, 5) (5, 4) -> (4, 4), 160'],
    ['np.einsum("ij,kj->ik", a, a)', 'numpy op einsum (4, 5) (4, 5) -> (4, 4), 160'],
    ['jnp.matmul(j, j.T)', 'jax op matmul (4, 5) (5, 4) -> (4, 4), 160'],
    ['j @ j.T', 'jax op @ (4, 5) (5, 4) -> (4, 4), 160'],
    ['torch.relu(m) @ n', 'torch op @ (4, 5) (5, 3) -> (4, 3), 120'],
    ['m.reshape(2, 2, 5).transpose(0, 1) @ n', 'torch op @ (2, 2, 5) (5, 3) -> (2, 2, 3), 120'],
    ['[x @ n for x in b]', 'torch op @ (4, 5) (5, 3) -> (4, 3), 120'],
    ['m if unknown else m @ n', 'torch op @ (4, 5) (5, 3) -> (4, 3), 120'],
  ]; // prettier-ignore

  for (const [code, ...expected] of cases) {
    it(`finds ${code}`, () => {
      assert.deepEqual(found(code), expected);
    });
  }

  for (const code of [
    '3 * m',
    'm * n',
    'F.relu(m)',
    'unknown.dot',
    'm.T',
    'a + a',
    '"a @ b"',
    'torch.add(m, m)',
    'max(1, 2)',
  ]) {
    it(`finds nothing in ${code}`, () => {
      assert.deepEqual(found(code), []);
    });
  }

  it('finds in-place forms', () => {
    const analysis = core.analyze(`${HEADER}m\n    m @= v\n    s.addmm_(m, n)\n`);
    assert.deepEqual(
      operationRecords(analysis).map((each) => each.op),
      ['@', 'addmm_'],
    );
  });

  it('follows modules through Sequential, ModuleList, subclasses and other methods', () => {
    const analysis = core.analyze(`
from torch import nn

class Wide(nn.Linear):
    pass

class Base(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.shared = nn.Linear(dim, dim)

class Net(Base):
    def __init__(self):
        super().__init__(8)
        self.stack = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 8))
        self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
        self.wide = Wide(8, 4)

    def block(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.layers[0](x)

    def forward(self, x):
        x = self.shared(self.stack(x))
        return self.wide(self.block(x))
`);
    const calls = operationRecords(analysis)
      .filter((each) => each.kind.endsWith('_call'))
      .map((each) => `${each.function} ${each.kind} ${each.line}`);
    assert.deepEqual(calls, [
      'Net.block linear_call 21',
      'Net.block linear_call 22',
      'Net.forward linear_call 25',
      'Net.forward container_call 25',
      'Net.forward linear_call 26',
    ]);
  });

  it("takes a package's own Linear for what it is", () => {
    const analysis = core.analyze(`
from mypackage import Linear
import torch

def f(x: torch.Tensor):
    return Linear(3, 4)(x)
`);
    assert.deepEqual(operationRecords(analysis), []);
  });

  it('takes the arrays of a library that it does not know for no tensors', () => {
    const code = `    a = graphs.adjacency(g)
    n, m = a.shape
    diagonal = make_diagonal(a.sum(axis=1), shape=(n, m))
    return diagonal @ (a @ diagonal), a.T @ a
`;
    for (const imports of ['', '    import numpy as np\n'])
      assert.deepEqual(operationRecords(core.analyze(`import graphs\n\n\ndef f(g):\n${imports}${code}`)), []);
    const among = core.analyze(`import torch\n\n\ndef f(g):\n${code}`);
    assert.deepEqual(new Set(operationRecords(among).map((each) => each.framework)), new Set(['torch']));
  });
});
