/** What is said of a shape holds on every run: where two ways meet, or a value comes from outside, less is known. */
import assert from 'node:assert/strict';
import { operationRecords } from '../../src/core';
import { TestCore } from './support/analyze';

const HEADER = `import torch
from torch import nn, Tensor
from jaxtyping import Float


class Config:
    width: int = 4096


`;

describe('shapes that are certain', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** The first operand of the last product; null where its rank is not known. */
  const operandOf = (text: string, at = 0): readonly (number | string | null)[] | null | undefined =>
    operationRecords(core.analyze(HEADER + text)).findLast((each) => each.kind !== 'linear_ctor')?.operands[at]?.shape;
  const inFunction = (lines: string): string =>
    `def f(x: Float[Tensor, "b n c"], u, v: Float[Tensor, "1 n c"], flag, config: Config):\n${lines
      .split('\n')
      .map((each) => `    ${each}\n`)
      .join('')}`;

  const bodies: readonly (readonly [string, string, readonly (number | string | null)[] | null])[] = [
    ['a reduction by keyword', 'x.sum(dim=-1) @ u', ['b', 'n']],
    ['a reduction by keyword that keeps the axis', 'x.mean(dim=1, keepdim=True) @ u', ['b', 1, 'c']],
    ['new zeros', 'x.new_zeros(2, 3) @ u', [2, 3]],
    ['a sum with something unknown', '(v + u) @ u', [null, 'n', 'c']],
    ['addcmul', 'torch.addcmul(v, v, x) @ u', ['b', 'n', 'c']],
    ['a list with unknown items', 'n = [3] + list(u)\nx.reshape(n[0], n[1]) @ u', [null, null]],
    ['one of two numbers', 'n = 3 if flag else 4\nx.reshape(n, -1) @ u', ['n', null]],
    ['a number or None', 'n = None\nif flag:\n    n = 4\nx.reshape(n, -1) @ u', [4, null]],
    ['a tensor or something unknown', 'y = u[0]\nif flag:\n    y = torch.arange(3)\ny @ u', null],
    ['a field of a config', 'x.reshape(config.width, -1) @ u', ['config.width', null]],
  ]; // prettier-ignore
  for (const [name, body, expected] of bodies) {
    it(`knows of ${name} no more than the code says`, () => {
      assert.deepEqual(operandOf(inFunction(body)), expected);
    });
  }

  it('does not carry -1 out of a function', () => {
    const text = `def split(x, n):\n    return x.view(2, n, 8)\n\n\ndef f(x, u):\n    return split(x, -1) @ u\n`;
    assert.deepEqual(operandOf(text), [2, null, 8]);
  });

  it('forgets the shape of an attribute that other methods replace', () => {
    const text = `class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = torch.zeros(1, 3)

    def grow(self, n):
        self.table = torch.zeros(n, 3)

    def forward(self, u):
        return self.table @ u
`;
    assert.equal(operandOf(text), null);
  });

  it('reads a lone star as Python does', () => {
    const text = `def f(u, *layers):\n    parts = [*reversed([nn.Linear(4, 2)])]\n    return parts[0](u)\n`;
    assert.deepEqual(operandOf(text, 1), [2, 4]);
  });
});
