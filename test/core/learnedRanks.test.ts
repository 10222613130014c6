/** How many dimensions values have, where no line says it of the value itself. */
import assert from 'node:assert/strict';
import { Analyzer, operationRecords, PythonParser } from '../../src/core';
import type { FileAnalysis } from '../../src/core';
import { TestCore } from './support/analyze';

const HEADER = `import torch
import torch.nn.functional as F
from torch import nn


`;

describe('numbers of dimensions', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const shapesIn = (analysis: FileAnalysis): readonly string[] =>
    operationRecords(analysis)
      .filter(({ kind }) => kind === 'op')
      .map(({ op, operands }) => [op, ...operands.map(({ shape }) => (shape ? String(shape.length) : '?'))].join(' '));
  const ranks = (code: string): readonly string[] => shapesIn(core.analyze(HEADER + code));
  const inFunction = (parameters: string, lines: readonly string[]): string =>
    `def f(${parameters}):\n${lines.map((each) => `    ${each}\n`).join('')}`;
  const examples = (cases: readonly (readonly [string, string, readonly string[], ...string[]])[]): void => {
    for (const [name, parameters, lines, ...expected] of cases)
      it(name, () => assert.deepEqual(ranks(inFunction(parameters, lines)), expected));
  };

  describe('counted by the code', () => {
    examples([
      ['ones for all axes but the first', 'x, w', ['n, c, d = x.shape', 's = (x.shape[0],) + (1,) * (x.ndim - 1)', 'return (x * torch.rand(s)) @ torch.mm(w, w)'], '@ 3 2', 'mm 2 2'],
      ['the sizes of another tensor', 'x, w', ['n, c, d = x.shape', 'return torch.zeros(x.shape) @ torch.mm(w, w)'], '@ 3 2', 'mm 2 2'],
      ['and so many axes more', 'x, w', ['n, c = x.shape', 'return x.new_ones(*x.shape, 5) @ torch.mm(w, w)'], '@ 3 2', 'mm 2 2'],
      ['a matrix on the right leaves the rank', 'x, w', ['y = x @ torch.mm(w, w)', 'a, b, c = y.shape', 'return y @ w'], '@ 3 2', 'mm 2 2', '@ 3 2'],
      ['sizes taken out of a tuple with a star', 'x, w', ['b, n, d, h = *x.shape, 8', 'return x @ w'], '@ 3 ?'],
      ['as many names as sizes are left', 'x, w', ['b, n = x.shape[:-1]', 'return x @ w'], '@ 3 ?'],
      ['whichever of two it is', 'x, y, w', ['s = x.size() if x is not None else y.size()[:-1]', 'b, n = s', 'return (x @ w, y @ w)'], '@ 2 ?', '@ 3 ?'],
    ]); // prettier-ignore
  });

  describe('by the name of a variable', () => {
    examples([
      ['what a call gave', 'x, w, g', ['y = g(x)', 'z = y @ w', 'b, n, d = y.shape', 'return z'], '@ 3 ?'],
      ['what comes of it', 'x, w, g', ['y = g(x)', 'z = y.unsqueeze(1) @ w', 'b, n, d = y.shape', 'return z'], '@ 4 ?'],
      ['each of several has its own', 'x, w, g', ['y, z = g(x)', 'b, n, d = y.shape', 'return y @ w, z @ w'], '@ 3 ?', '@ ? ?'],
      ['at each step of a loop it is another one', 'x, w, g', ['for i in range(3):', '    y = g(x)', '    z = y @ w', 'b, n, d = y.shape'], '@ ? ?'],
      ['one of two is neither', 'x, w, g, flag', ['if flag:', '    y = g(x)', 'else:', '    y = g(w)', 'z = y @ w', 'return z'], '@ ? ?'],
      ['results of one comprehension are not one value', 'a, b, w, g', ['a, b = [g(each) for each in (a, b)]', 'a = a.permute(0, 2, 1)', 'return b @ w'], '@ ? ?'],
    ]); // prettier-ignore
  });

  describe('asked by the code', () => {
    examples([
      ['an assertion', 'x, w', ['assert x.dim() == 3', 'return x @ w'], '@ 3 ?'],
      ['of several', 'x, w', ['assert x.ndim == 3 and len(w.shape) == 2, "wrong"', 'return x @ w'], '@ 3 2'],
      ['of one or another nothing follows', 'x, w', ['assert x.dim() == 3 or w.dim() == 2', 'return x @ w'], '@ ? ?'],
      ['all else raises', 'x, w', ['if x.ndim != 3 or not w.dim() == 2:', '    raise ValueError(x)', 'return x @ w'], '@ 3 2'],
      ['on one way alone', 'x, w', ['if len(x.size()) == 3:', '    return x @ w', 'return w @ x'], '@ 3 ?', '@ ? ?'],
    ]); // prettier-ignore
  });

  describe('where an optional argument is given, as where it is not', () => {
    examples([
      ['what it holds in the place of a value', 'x, cache, w=None', ['y = x.view(*x.shape[:-1], 2, -1)', 'if cache is not None and w is None:', '    k = cache.layers[0].keys', 'else:', '    k = y', 'b, n, h, d = y.shape', 'return k @ w'], '@ 4 ?'],
      ['but not what is computed of the value', 'x, mask=None', ['b, n, d = x.shape', 'if mask is not None:', '    x = x[mask]', 'return x @ x'], '@ ? ?'],
      ['an index of unknown kind leaves the rank open', 'x, i', ['b, n, d = x.shape', 'return x[i] @ x'], '@ ? 3'],
    ]); // prettier-ignore

    it('and of a function that is called without it', () => {
      const code = `class Embeddings(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = _Words(10, 4)

    def forward(self, ids=None, embedded=None):
        if embedded is None:
            embedded = self.words(ids)
        return embedded


class _Words(nn.Embedding):
    def forward(self, ids):
        return super().forward(ids) * 2


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embeddings = Embeddings()

    def forward(self, ids, w):
        b, n = ids.shape
        return self.embeddings(ids=ids) @ w
`;
      assert.deepEqual(ranks(code), ['@ 3 ?']);
    });
  });

  describe('written in a docstring', () => {
    const documented = (lines: readonly string[], ...body: readonly string[]): readonly string[] =>
      ranks(
        inFunction('x, w', ['r"""What it does.', '', ...lines, '"""', ...(body.length > 0 ? body : ['return x @ w'])]),
      );
    const forms: readonly (readonly [string, ...string[]])[] = [
      ['@ 3 ?', 'Args:', '    x (torch.Tensor): the points, of shape (B, N, 3).'],
      ['@ 3 ?', 'Args:', '    x: tensor with shape :math:`(B, N, 3)`.', '    other: of shape (2,)'],
      ['@ 2 ?', 'x (`torch.Tensor` of shape `(batch_size, length)`, *optional*):', '    What is read.'],
      ['@ 4 ?', ':param x: a batch of images, shape [B, C, H, W]'],
      ['@ 3 ?', 'Parameters', '----------', 'x : Tensor, shape (n_points, 2 * k, d_model)', '    The points.'],
      ['@ 3 ?', 'Args:', '    x (Tensor): the features :math:`\\mathbf{X} \\in \\mathbb{R}^{B \\times N \\times F}`.'],
      ['@ 2 3', 'Args:', '    x: a 2D tensor', '    w: of size B x N x C'],
      ['@ ? ?', 'Args:', '    x: of shape (B, N, 3) or (N, 3)'],
      ['@ ? ?', 'Args:', '    x: of shape (*, 3, 3)', '    w: (..., 3)'],
      ['@ ? ?', 'Args:', '    x (Tensor): the points.', '    w (Tensor, Tensor): others.'],
      ['@ 1 ?', 'Args:', '    x (Tensor): weights of shape (n)'],
      ['@ ? ?', 'Args:', '    x: list of tensors of shape (B, N)'],
      ['@ ? ?', 'Args:', '    x (torch.Tensor, optional): the points (see below).'],
      ['@ ? ?', 'Returns:', '    y: of shape (B, N)'],
      ['@ ? ?', 'Args:', '    x: a `batch_shape x n x d`-dim tensor, of shape `batch_shape x n x d`'],
      ['@ ? ?', 'Args:', '    x: a tensor of shape (batch_shape, n, d)', '    w: of size * x n x d'],
      ['@ ? ?', 'Args:', '    x: of dimension (n, d) if batched', '    w: of shape (leading_dims, n)'],
      ['@ ? ?', 'Args:', '    x: of shape (n, d), optionally with a batch dimension'],
    ];
    for (const [expected, ...lines] of forms)
      it(lines.at(-1) ?? '', () => assert.deepEqual(documented(lines), [expected]));

    it('counts less than what the code shows', () =>
      assert.deepEqual(documented(['x: of shape (B, N)'], 'b, n, d = x.shape', 'return x @ w'), ['@ 3 ?']));
    it('says nothing where the code tells several numbers apart', () =>
      assert.deepEqual(documented(['x: of shape (B, N)'], 'if x.dim() == 1:', '    x = x[None]', 'return x @ w'), [
        '@ ? ?',
      ]));
    it('is learned by whoever calls the function', () => {
      const code = `def scale(x):
    """Args:
        x: of shape (B, N, C)
    """
    return x * 2


def f(x, w):
    y = x.relu()
    scale(y)
    return y @ w
`;
      assert.deepEqual(ranks(code), ['@ 3 ?']);
    });
  });

  it('by whoever calls what nobody else calls, be it that a caller multiplies nothing itself', () => {
    const text = `${HEADER}class _Attention(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.qkv = nn.Linear(dim, dim)

    def forward(self, x):
        y = self.qkv(x)
        return y, y @ x.transpose(-1, -2)


class _Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.attention = _Attention(dim)

    def forward(self, x):
        return x + self.attention(x)[0]


class Model(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.blocks = nn.ModuleList([_Block(dim) for _ in range(3)])

    def forward(self, x):
        b, n, d = x.shape
        for block in self.blocks:
            x = block(x)
        return x
`;
    const parsed = new PythonParser(core.language).parse(text, { now: () => 0, limitMs: 1_000 });
    assert.equal(parsed.kind, 'tree');
    for (const question of ['run', 'told'] as const) {
      const analysis = new Analyzer(core.language, () => 0, question).analyze(parsed.tree, text);
      assert.deepEqual(analysis && shapesIn(analysis), ['@ 3 3'], question);
    }
    parsed.tree.delete();
  });
});
