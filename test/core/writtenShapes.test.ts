/** Shapes that the reader wrote down: annotations, comments, configurations and a benchmark problem's own inputs. */
import assert from 'node:assert/strict';
import { commentProblemsOf } from '../../src/core';
import { formatShape } from '../../src/core/infer/shapes';
import { TestCore } from './support/analyze';

const HEADER = `import torch
import numpy as np
import jax
import dataclasses
from dataclasses import dataclass, field
from typing import NamedTuple
from torch import nn, Tensor
from jaxtyping import Float, Float16, Float32, Int, Shaped
from torchtyping import TensorType
from pydantic import BaseModel
`;

describe('shapes that are written down', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** The operands of the products of a text, in order, as `(2, 3) f32`. */
  const operands = (code: string): readonly string[] =>
    core
      .analyze(HEADER + code)
      .functions.flatMap(({ operations }) => operations)
      .filter(({ kind }) => kind === 'op' || kind === 'linear_call')
      .flatMap((each) => each.operands.map(({ value }) => `${formatShape(value.shape)} ${value.dtype ?? '?'}`));

  describe('by an annotation', () => {
    const annotations: readonly (readonly [string, string])[] = [
      ['Float[Tensor, "batch seq dim"]', '(batch, seq, dim) ?'],
      ['Float32[torch.Tensor, "b n 3"]', '(b, n, 3) f32'],
      ['Float16[Tensor, ""]', '() f16'],
      ['Int[Tensor, "*batch 7"]', '(…, 7) i64'],
      ['Shaped[Tensor, "... c h w"]', '(…, c, h, w) ?'],
      ['Float[Tensor, "b *rest c"]', '(…, c) ?'],
      ['Float[Tensor, "b _ c"]', '(b, ?, c) ?'],
      ['Float[Tensor, "b _hidden"]', '(b, ?) ?'],
      ['Float[Tensor, "#b c"]', '(?, c) ?'],
      ['Float[Tensor, "*#b c"]', '(…, c) ?'],
      ['Float[Tensor, "?b c"]', '(b, c) ?'],
      ['Float[Tensor, "rows=4 c"]', '(4, c) ?'],
      ['Float[Tensor, "n dim-1"]', '(n, ?) ?'],
      ['Float[Tensor, "b (h w) c"]', '(b, ?, c) ?'],
      ['Float[Tensor, "{n} c"]', '(?, c) ?'],
      ['Float[Tensor, "b, n"]', '(…) ?'],
      ['Float[Tensor, "*a *b"]', '(…) ?'],
      ['Float[Tensor, "b 4"] | None', '(b, 4) ?'],
      ['TensorType["batch", 3]', '(batch, 3) ?'],
      ['TensorType["batch", 3, float]', '(batch, 3) f32'],
      ['TensorType["batch", torch.float16]', '(batch,) f16'],
      ['TensorType[..., "c"]', '(…, c) ?'],
      ['TensorType["b": 5, -1]', '(5, ?) ?'],
      ['TensorType["b": ..., "c"]', '(…, c) ?'],
      ['TensorType[torch.int64]', '(…) i64'],
    ];
    for (const [annotation, expected] of annotations) {
      it(annotation, () => {
        assert.equal(operands(`def f(x: ${annotation}, w: Tensor):\n    return torch.matmul(x, w)\n`)[0], expected);
      });
    }

    it('of other frameworks', () => {
      const code = 'def f(a: Float[np.ndarray, "2 3"], j: Float[jax.Array, "4 5"]):\n    return a @ a.T, j @ j.T\n';
      assert.deepEqual(operands(code), ['(2, 3) ?', '(3, 2) ?', '(4, 5) ?', '(5, 4) ?']);
    });

    it('of a variable; what the code shows counts before it', () => {
      const code = (value: string): string =>
        `def f(g):\n    x: Float[Tensor, "n 4"] = ${value}\n    return x @ x.mT\n`;
      assert.equal(operands(code('g()'))[0], '(n, 4) ?');
      assert.equal(operands(code('torch.ones(2, 4)'))[0], '(2, 4) f32');
      assert.equal(operands(code('torch.ones(2, 3, 4)'))[0], '(2, 3, 4) f32');
    });

    it('by a class of the same name it is not', () => {
      const code = 'class TensorType:\n    pass\ndef f(x: TensorType["b", 3]):\n    return torch.matmul(x, x)\n';
      assert.equal(operands(code)[0], '(…) ?');
    });
  });

  describe('in a comment', () => {
    /** Of a value that nothing else is known of. */
    const values: readonly (readonly [string, string])[] = [
      ['(B, T, C)', '(B, T, C) ?'],
      ['[B, T, 64]', '(B, T, 64) ?'],
      ['B T C', '(B, T, C) ?'],
      ['B x T x 64', '(B, T, 64) ?'],
      ['(2 × 3)', '(2, 3) ?'],
      ['(N,)', '(N,) ?'],
      ['(m)', '(m,) ?'],
      ['()', '() ?'],
      ['f16[B, 8]', '(B, 8) f16'],
      ['(..., D)', '(…, D) ?'],
      ['(*batch, D)', '(…, D) ?'],
      ['(_, 2*n, D)', '(?, ?, D) ?'],
      ['(n, ROWS)', '(width, 12) ?'],
      // Prose, and shapes that nobody can be sure of.
      ['batch_size', '(…) ?'],
      ['the output of g', '(…) ?'],
      ['|E| x channels', '(…) ?'],
      ['(see the docs)', '(?,) ?'],
    ];
    for (const [text, expected] of values) {
      it(`${text} behind an assignment`, () => {
        const code = `ROWS = 12\ndef f(g, width: int):\n    n = width\n    x = g()  # shape: ${text}\n    return torch.matmul(x, x)\n`;
        assert.equal(operands(code)[0], expected);
      });
    }

    it('alone above an assignment, of an attribute, and in the last line', () => {
      const code = `class M(nn.Module):
    def __init__(self, g):
        super().__init__()
        # shape: (4, 5)
        self.w = g()

    def forward(self, x):
        y = x @ self.w
        return y @ x
def f(g):
    y = g() @ g()
    x = g()  # shape: (6, 7)

def h(g):
    # shape: (8, 9)
    # and a remark
    x = g()
    return x @ x
`;
      assert.equal(operands(code)[1], '(4, 5) ?');
      assert.deepEqual(operands(code).slice(-2), ['(8, 9) ?', '(8, 9) ?']);
    });

    it('of several values, each by its name', () => {
      const code = 'def f(g):\n    q, k = g()  # shape: q=(B, T, 8), k=f16[B, 9, 8]\n    return q @ k.mT\n';
      assert.deepEqual(operands(code), ['(B, T, 8) ?', '(B, 8, 9) f16']);
    });

    it('of parameters: above, in the header, and behind one', () => {
      assert.deepEqual(operands('# shape: x=f32[2, N], w=(N, 3)\ndef f(x, w):\n    return x @ w\n'), [
        '(2, N) f32',
        '(N, 3) ?',
      ]);
      assert.deepEqual(operands('def f(x, w):  # shape: x=f32[2, 4]\n    # shape: w=(4, 3)\n    return x @ w\n'), [
        '(2, 4) f32',
        '(4, 3) ?',
      ]);
      const code = `def f(
    x: Tensor,  # shape: (..., N, D)
    w,  # shape: (D, 5)
) -> Tensor:  # shape: (...)
    return x @ w
`;
      assert.deepEqual(operands(code), ['(…, N, D) ?', '(D, 5) ?']);
    });

    it('of a parameter that is annotated as something else it is not', () => {
      const code = 'def f(\n    x: Operator,  # shape: (N, D)\n    w: Tensor,\n):\n    return torch.matmul(x, w)\n';
      assert.equal(operands(code)[0], '(…) ?');
    });

    it('that the code contradicts counts for nothing', () => {
      const code = 'def f():\n    x = torch.ones(4, 5)  # shape: (5, 4)\n    return x @ x.T\n';
      assert.equal(operands(code)[0], '(4, 5) f32');
    });
  });

  describe('wrongly: says so at its line', () => {
    const wrong: readonly (readonly [string, string | null])[] = [
      ['    x = g()  # shape: (4, 5', '2: `(` is not closed'],
      ['    x = g()  # shape: [a, b] or None', '2: `or None` follows the shape'],
      ['    x = g()  # shape: f99[4]', '2: `f99[4]` is no shape: write it like f32[64, 1024]'],
      ['    x = g()  # shape: f32[4*n]', '2: `4*n` is no size: write a number or a name'],
      ['    x = g()  # shape: (..., n, ...)', '2: `...` is a second size that stands for several'],
      ['    x, y = g()  # shape: (4, 5)', '2: say whose shape it is: x=(…), y=(…)'],
      ['    x = g()  # shape: z=(4, 5)', '2: z gets no value here'],
      ['    # shape: z=f32[4]\n    x = g()', '2: there is no parameter z'],
      ['    x = torch.ones(4, 5)  # shape: (5, 4)', '2: the comment says (5, 4), the code gives (4, 5)'],
      ['    x = torch.ones(4, 5)  # shape: (N, 4, 5)', '2: the comment says (N, 4, 5), the code gives (4, 5)'],
      ['    x = torch.ones(4, 5)  # shape: (N, 5)', null],
      ['    return g()  # shape: (N, 5)', null],
      ['    x = g()  # shape: whatever it is', null],
      ['    x = g(  # shape: (N,\n    )', '2: `(` is not closed'],
    ];
    for (const [code, expected] of wrong) {
      it(code.trim(), () => {
        const analysis = core.analyze(
          `def f(g):\n${code}\n    y = torch.ones(1, 1) @ x\n`.replace(/^/, 'import torch; '),
        );
        const found = commentProblemsOf(analysis).map((each) => `${each.line}: ${each.message}`);
        assert.deepEqual(found, expected === null ? [] : [expected]);
      });
    }
  });

  describe('by the fields of a configuration', () => {
    const configs: readonly (readonly [string, string])[] = [
      ['@dataclass\nclass Config:\n    width: int = 64\n    depth: int = 2\n', 'Config()'],
      ['@dataclasses.dataclass(frozen=True)\nclass Config:\n    width: int = 64\n', 'Config()'],
      ['@dataclass\nclass Config:\n    depth: int = 1\n    width: int = 8\n', 'Config(3, 64)'],
      ['@dataclass\nclass Config:\n    width: int = field(default=64)\n', 'Config()'],
      ['@dataclass\nclass Base:\n    depth: int\nclass Other(Base):\n    pass\n@dataclass\nclass Config(Base):\n    width: int = 8\n', 'Config(1, width=64)'],
      ['class Config(NamedTuple):\n    width: int = 8\n', 'Config(width=64)'],
      ['class Config(BaseModel):\n    width: int = 8\n', 'Config(width=64)'],
      ['class Config:\n    width = 64\n', 'Config()'],
      ['class Config:\n    def __init__(self, width=64):\n        self.width = width\n', 'Config()'],
    ]; // prettier-ignore
    for (const [code, made] of configs) {
      it(`${code.replaceAll('\n', ' ⏎ ')}${made}`, () => {
        const text = `${code}config = ${made}\ndef f(x):\n    return torch.matmul(x.view(2, config.width), x)\n`;
        assert.equal(operands(text)[0], '(2, 64) ?');
      });
    }

    it('given to the class that reads them', () => {
      const code = `@dataclass
class Config:
    width: int = 8
class M(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc = nn.Linear(config.width, 2 * config.width)
    def forward(self, x):
        return self.fc(x)
def f(x):
    return M(Config(width=64)).fc(x)
`;
      assert.deepEqual(operands(code), [
        '(…, config.width) ?',
        '(2·config.width, config.width) ?',
        '(…, 64) ?',
        '(128, 64) ?',
      ]);
    });

    it('but for those that are assigned', () => {
      const config = '@dataclass\nclass Config:\n    width: int = 8\n    depth: int = 3\n';
      const use = '    return torch.matmul(x.view(config.width, config.depth), x)\n';
      const local = `def f(x):\n    config = Config()\n    config.width = 64\n${use}`;
      assert.equal(operands(config + local)[0], '(64, 3) ?');
      const global = `config = Config()\nconfig.width = int(input())\ndef f(x):\n${use}`;
      assert.equal(operands(config + global)[0], '(?, 3) ?');
    });
  });

  it("by a benchmark problem's own inputs", () => {
    const code = `class Model(nn.Module):
    def __init__(self, in_features, hidden, out=10):
        super().__init__()
        self.a = nn.Linear(in_features, hidden)
        self.b = nn.Linear(hidden, out)
    def forward(self, x, y):
        return self.b(self.a(x)) @ y
batch_size = 16
dim = 32
def get_inputs():
    x = torch.randn(batch_size, dim)
    return [x, torch.rand(10, 3)]
def get_init_inputs():
    return [dim, 4 * dim]
`;
    const expected = ['(16, 10) f32', '(10, 3) f32', '(16, 128) f32', '(10, 128) f32', '(16, 32) f32', '(128, 32) f32'];
    assert.deepEqual(operands(code), expected);
    const two = code.replace('[x, torch.rand(10, 3)]', '[x, x, x]').replace('[dim, 4 * dim]', '[]');
    assert.equal(operands(two).at(-2), '(…, in_features) ?');
  });
});
