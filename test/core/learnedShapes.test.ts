/** What the use of a value shows of its shape, and where a use shows nothing. */
import assert from 'node:assert/strict';
import { explainAt, operationRecords } from '../../src/core';
import { TestCore } from './support/analyze';

const HEADER = `import torch
import torch.nn.functional as F
from einops import rearrange, reduce, repeat
from torch import nn, einsum


`;

describe('shapes that are learned', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const textOf = (code: string): string => HEADER + code;
  /** Operations in the order of the text, as `op [operand] [operand]`. */
  const found = (code: string): readonly string[] =>
    operationRecords(core.analyze(textOf(code))).map(({ op, operands }) =>
      [op, ...operands.map(({ shape }) => (shape ? `[${shape.map((size) => size ?? '?').join(', ')}]` : '?'))].join(
        ' ',
      ),
    );
  const inFunction = (parameters: string, lines: readonly string[]): string =>
    `def f(${parameters}):\n${lines.map((each) => `    ${each}\n`).join('')}`;
  const examples = (cases: readonly (readonly [string, string, readonly string[], ...string[]])[]): void => {
    for (const [name, parameters, lines, ...expected] of cases)
      it(name, () => assert.deepEqual(found(inFunction(parameters, lines)), expected));
  };

  describe('by what an operation asks for', () => {
    examples([
      ['mm takes matrices', 'a, b', ['return torch.mm(a, b)'], 'mm [?, ?] [?, ?]'],
      ['bmm takes batches of them', 'a, b', ['return a.bmm(b)'], 'bmm [?, ?, ?] [?, ?, ?]'],
      ['and whatever is used later has them still', 'a, b, c', ['d = torch.bmm(a, b)', 'return a @ c'], 'bmm [?, ?, ?] [?, ?, ?]', '@ [?, ?, ?] ?'],
      ['mv takes a matrix and a vector', 'a, b', ['return torch.mv(a, b)'], 'mv [?, ?] [?]'],
      ['addmm says nothing of what is added', 'a, b, c', ['return torch.addmm(a, b, c)'], 'addmm ? [?, ?] [?, ?]'],
      ['matmul takes any number of dimensions', 'a, b', ['return torch.matmul(a, b)'], 'matmul ? ?'],
      ['numpy.outer flattens what it is given', 'a, b', ['import numpy as np', 'return np.outer(a, b)'], 'outer ? ?'],
    ]); // prettier-ignore
  });

  describe('by subscripts', () => {
    examples([
      ['an index of one operand names its size', 'q, k', ["return einsum('b i d, b j d -> b i j', q, k)"], 'einsum [?, i, ?] [?, j, ?]'],
      ['a size that is known keeps its name', 'q, k', ['b, n, c = q.shape', "return einsum('bid,bjd->bij', q, k)"], 'einsum [b, n, c] [?, j, ?]'],
      ['operands in a tuple', 'q, k', ["return torch.einsum('id,jd->ij', (q, k))"], 'einsum [i, ?] [j, ?]'],
      ['an ellipsis hides how many there are', 'q, k', ["return einsum('...id,...jd->...ij', q, k)"], 'einsum ? ?'],
      ['a text put together at run time says nothing', 'q, k, eq', ["return einsum(f'b i d, {eq} -> b i j', q, k)"], 'einsum ? ?'],
    ]); // prettier-ignore
  });

  describe('by patterns of einops', () => {
    examples([
      ['axes are named', 'x, w', ["return rearrange(x, 'b n (h d) -> b h n d', h=8) @ w"], '@ [b, 8, n, d] ?'],
      ['the argument has as many', 'x, w', ["y = rearrange(x, 'b c h w -> b (h w) c')", 'return x @ w'], '@ [b, c, h, w] ?'],
      ['a known size is divided', 'x: torch.Tensor, w', ["y = x.reshape(4, 6)", "return rearrange(y, 'n (h d) -> h n d', h=2) @ w"], '@ [2, 4, 3] ?'],
      ['repeat takes the size that it is given', 'x, w, n: int', ["return repeat(x, 'd e -> b d e', b=n) @ w"], '@ [n, d, e] ?'],
      ['reduce leaves axes out', 'x, w', ["return reduce(x, 'b n d -> b d', 'mean') @ w"], '@ [b, d] ?'],
      ['an ellipsis hides how many there are', 'x, w', ["return rearrange(x, '... d -> ... d ()') @ w"], '@ ? ?'],
      ['a text that is no pattern says nothing', 'x, w', ["return rearrange(x, 'b (n -> b n') @ w"], '@ ? ?'],
      ['axes of two calls are told apart', 'x, y', ["q, k = (rearrange(t, 'n (h d) -> h n d', h=8) for t in (x, y))", 'return q @ k.mT'], '@ [8, ?, ?] [8, ?, ?]'],
      ['and so are those of a mapped function', 'x, y', ["q, k = map(lambda t: rearrange(t, 'n (h d) -> h n d', h=8), (x, y))", "return q @ k.mT"], "@ [8, n, d] [8, d', n']"],
    ]); // prettier-ignore
  });

  describe('by what a layer is constructed with', () => {
    const layer = (lines: readonly string[], base = 'nn.Module'): string =>
      `class M(${base}):\n    def __init__(self, dims, dim, inner=None):\n${lines.map((each) => `        ${each}\n`).join('')}`;
    const cases: readonly (readonly [string, readonly string[], ...string[]])[] = [
      ['a constructor tells its weight', ['self.a = nn.Linear(dim, 4 * dim)'], 'Linear [4·dim, dim]'],
      ['a size of which nothing is known is called as it stands there', ['inner = inner or dim', 'self.a = nn.Linear(dim, inner)'], 'Linear [inner, dim]'],
      ['so is one of a list', ['self.a = nn.Linear(dims[0], dims[1])'], 'Linear [dims[1], dims[0]]'],
      ['in a loop it is many', ['self.a = nn.ModuleList([nn.Linear(dims[i], dims[i + 1]) for i in range(4)])'], 'Linear [?, ?]'],
    ]; // prettier-ignore
    for (const [name, lines, ...expected] of cases) it(name, () => assert.deepEqual(found(layer(lines)), expected));

    it('of a class that derives from Linear', () => {
      const code = `class Plain(nn.Linear):
    def forward(self, x):
        return super().forward(x)
class Scaled(nn.Linear):
    def __init__(self, width):
        super().__init__(width, 2 * width)
class M(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.a = Plain(dim, 8)
        self.b = Scaled(dim)
    def forward(self, x):
        return self.b(self.a(x))
`;
      assert.deepEqual(found(code), [
        'Plain [8, dim]',
        'Scaled [2·dim, dim]',
        'Scaled ? [2·dim, dim]',
        'Plain ? [8, dim]',
      ]);
    });
  });

  describe('by ranks in terms of parameters', () => {
    examples([
      ['permute takes as many axes as there are, and what came before had them', 'x, w', ['y = x.transpose(1, 2)', 'z = y @ w', 'return y.permute(0, 2, 1)'], '@ [?, ?, ?] ?'],
      ['sizes of another shape lead those of a view', 'x: torch.Tensor, d: int', ["q = x.view(*x.shape[:-1], -1, d).transpose(1, 2)", 's = q @ q.mT', 'return s.permute(0, 2, 1, 3)'], '@ [?, ?, ?, d] [?, ?, d, ?]'],
      ['as a tuple does that is put together', 'x: torch.Tensor, d: int', ["q = x.view(x.shape[:-1] + (-1, d)).transpose(1, 2)", 's = q @ q.mT', 'return s.permute(0, 2, 1, 3)'], '@ [?, ?, ?, d] [?, ?, d, ?]'],
      ['but not with sizes of an unknown number behind them', 'x: torch.Tensor, more', ["q = x.view(*x.shape[:-1], *more)", 's = q @ q.mT', 'return s.permute(0, 2, 1, 3)'], '@ ? ?'],
      ['an unpacking that comes later', 'x, w', ['y = x[..., 1:] @ w', 'b, n, d = x.shape', 'return y.reshape(b, n)'], '@ [?, ?, ?] ?'],
      ['but not one that is only sometimes passed', 'x, w, flag', ['y = x[..., 1:] @ w', 'if flag:', '    b, n, d = x.shape', 'return y'], '@ ? ?'],
      ['nor one in a loop that may not run', 'x, w, n', ['y = x[..., 1:] @ w', 'for i in range(n):', '    x.permute(0, 2, 1)', 'return y'], '@ ? ?'],
      ['nor one behind an early return', 'x, w, flag', ['y = x[..., 1:] @ w', 'if flag:', '    return y', 'return x.permute(0, 2, 1)'], '@ ? ?'],
      ['a mask that may be left out widens nothing', 'x: torch.Tensor, w, mask=None', ['s = x @ w', 'if mask is not None:', '    s = s + mask', 'b, n, m = s.shape', 'return s @ s'], '@ ? ?', '@ [b, n, m] [b, n, m]'],
      ['a variable that an optional argument makes another one is not known', 'x: torch.Tensor, w, mask=None', ['b, n, d = x.shape', 'if mask is not None:', '    x = x[mask]', 'return x @ w'], '@ ? ?'],
      ['nor one that gets a dimension more there', 'x: torch.Tensor, w, mask=None', ['b, n, d = x.shape', 'if mask is not None:', '    x = x.unsqueeze(1)', 'return x @ w'], '@ ? ?'],
      ['nor one that gets it with what is added', 'x: torch.Tensor, w, mask: torch.Tensor = None', ['if mask is not None:', '    x = (x + mask).unsqueeze(1)', 'y = x @ w', 'x.permute(0, 2, 1)', 'return y'], '@ ? ?'],
      ['joined values of two ranks have none', 'x: torch.Tensor, w, flag', ['b, n, d = x.shape', 'if flag:', '    x = x.flatten(1)', 'return x @ w'], '@ ? ?'],
      ['flatten leaves what is before it', 'x, w', ['return torch.flatten(x, 2) @ w'], '@ [?, ?, ?] ?'],
    ]); // prettier-ignore
  });

  describe('by calls', () => {
    const heads = (header: string, name: string): string => `${header}def repeated(x, n):
    b, h, t, d = x.shape
    return x.reshape(b, h * n, t, d)
def ${name}(q, k, n):
    return q @ repeated(k, n).mT
class M(nn.Module):
    def forward(self, x, n):
        shape = (*x.shape[:-1], -1, 64)
        return ${name}(x.view(shape).transpose(1, 2), x.view(shape).transpose(1, 2), n)
`;
    it('a function that is called shows what its argument is', () =>
      assert.deepEqual(found(heads('', 'attend')), ['@ ? [?, ?, ?, ?]']));
    it('a function of its own file is called by nobody else', () => {
      const shown = ['@ [?, ?, ?, 64] [?, ?, 64, ?]'];
      assert.deepEqual(found(heads('', '_attend')), shown);
      assert.deepEqual(found(heads("__all__ = ['M']\n", 'attend')), shown);
      assert.deepEqual(found(heads("__all__ = ['M', 'attend']\n", 'attend')), ['@ ? [?, ?, ?, ?]']);
    });
    it('and calls that disagree tell nothing', () => {
      const code = `def _product(a, b):
    return a @ b
def f(x, y):
    i, j = x.shape
    b, n, d = y.shape
    return _product(x, x), _product(y, y)
`;
      assert.deepEqual(found(code), ['@ ? ?']);
    });
  });

  it('calls two sizes of one name by two names in the hover as well', () => {
    const text = textOf(
      inFunction('x, y', ["x, y = rearrange(x, 'n d -> d n'), rearrange(y, 'n d -> n d')", 'return x @ y']),
    );
    const shown = explainAt(core.analyze(text), text.indexOf('x @ y') + 2)?.markdown ?? '';
    assert.match(shown, /x`?: `\(d, n\)`/);
    assert.match(shown, /y`?: `\(n', d'\)`/);
  });
});
