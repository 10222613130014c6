/** What is found in the cells of a notebook, each of which sees the cells before it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { findingsOf, joinCells, operationRecords } from '../../../src/core';
import { ROOT, TestCore } from '../support/analyze';
import { TestFiles } from '../support/files';

const LAYER = `import torch
from torch import nn

class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 5)

    def forward(self, x):
        return self.fc(x)`;

const MODEL = `from torch import nn

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = Projection(64, 64)

    def forward(self, x):
        return self.proj(x)`;

describe('the cells of a notebook', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** `line kind operands` for each cell, with lines of the cell. */
  const found = (cells: readonly (string | null)[], analyze = (text: string) => core.analyze(text)) => {
    const program = joinCells(cells);
    const records = operationRecords(analyze(program.text));
    const lineOf = (offset: number) => program.text.slice(0, offset).split('\n').length;
    return program.cells.map((cell) =>
      records.flatMap(({ line, kind, operands }) => {
        if (!cell || line < lineOf(cell.start) || line > lineOf(cell.end)) return [];
        const shapes = operands.map(({ shape }) => (shape ? `[${shape.map((size) => size ?? '?').join(', ')}]` : '?'));
        return [[line - lineOf(cell.start) + 1, kind, ...shapes].join(' ')];
      }),
    );
  };

  it('stand in one text, each at its own length', () => {
    const cells = ['a = 1', null, '%%bash\nls', '%cd x\nb', ''];
    const { text, cells: places } = joinCells(cells);
    assert.deepEqual(
      places.map((each) => each && text.slice(each.start, each.end)),
      ['a = 1', null, null, '0    \nb', ''],
    );
  });

  it('share imports, classes, functions and variables with later ones', () => {
    const cells = [
      LAYER,
      '%time x = torch.randn(7, 3)\nlayer = Layer()',
      'layer(x)\ny = x @ torch.randn(3, 2)',
      'def f(v):\n    return y @ v\n\nclass Two(Layer):\n    def forward(self, x):\n        return self.fc(x)',
    ];
    const [first, second, third, fourth] = found(cells);
    assert.deepEqual(first, ['7 linear_ctor [5, 3]', '10 linear_call ? [5, 3]']);
    assert.deepEqual(second, []);
    assert.deepEqual(third, ['1 linear_like_call [7, 3]', '2 op [7, 3] [3, 2]']);
    assert.deepEqual(fourth, ['2 op [7, 2] ?', '6 linear_call ? [5, 3]']);
    assert.deepEqual(found(cells.slice(3))[0], [], 'without the others nothing is known');
  });

  it('see what a later one defines anew only where they stand behind it', () => {
    const use = 'import torch\ndef f(x):\n    return x @ w\nx = torch.randn(2, 3) @ w';
    const [, one, , two] = found([
      'import torch\nw = torch.randn(3, 4)',
      use,
      'w = torch.randn(3, 9)',
      use.replace('def f', 'def g'),
    ]);
    assert.deepEqual(one, ['3 op ? [3, 4]', '4 op [2, 3] [3, 4]']);
    assert.deepEqual(two, ['3 op ? [3, 9]', '4 op [2, 3] [3, 9]']);
  });

  it('may build on what they define anew', () => {
    const [, first, , second] = found([
      LAYER,
      'def f(x):\n    return Layer().fc(x)',
      'class Layer(Layer):\n    def __init__(self):\n        super().__init__()\n        self.up = nn.Linear(5, 8)',
      'def g(x):\n    return Layer().up(Layer().fc(x))',
    ]);
    assert.deepEqual(first, ['2 linear_call ? [5, 3]']);
    assert.deepEqual(second, ['2 linear_call ? [8, 5]', '2 linear_call ? [5, 3]']);
  });

  it('may speak in a function of what a later one defines', () => {
    const [first] = found(['import torch\ndef f(x):\n    return x @ w', 'w = torch.randn(3, 4)']);
    assert.deepEqual(first, ['3 op ? [3, 4]']);
  });

  it('may be indented as a whole', () => {
    assert.deepEqual(found(['import torch', '    def f(a, b):\n        return torch.mm(a, b)'])[1], [
      '2 op [?, ?] [?, ?]',
    ]);
  });

  it('end what they begin: decorators and comments speak of nothing in the next one', () => {
    const loop = [
      '# shape: a=f32[8, 16, 16], b=f32[8, 16, 16]',
      'def f(a, b):',
      '    out = []',
      '    for i in range(a.shape[0]):',
      '        out.append(a[i] @ b[i])',
      '    return torch.stack(out)',
    ].join('\n');
    const codes = (...cells: string[]) =>
      findingsOf(core.analyze(joinCells(cells).text), false).map(({ code }) => code);
    assert.deepEqual(codes('import torch', loop), ['MM101']);
    assert.deepEqual(codes('import torch\n# matmul-lens: ignore[MM101]', loop), ['MM101']);
    assert.deepEqual(codes('import torch\n@torch.compile', loop), ['MM101']);
    const shape = found(['import torch\n# shape: a=f32[2, 3]', 'def f(a, b):\n    return torch.mm(a, b)']);
    assert.deepEqual(shape[1], ['2 op [?, ?] [?, ?]']);
  });

  it('are not torn up by one that is broken', () => {
    const text = readFileSync(path.join(ROOT, 'examples/mlp.py'), 'utf8');
    const [alone] = found([text]);
    assert.ok(alone && alone.length > 0);
    const torn = readFileSync(path.join(ROOT, 'examples/attention.py'), 'utf8');
    for (let at = 0; at < torn.length; at += 41)
      assert.deepEqual(found([torn.slice(0, at), text])[1], alone, torn.slice(Math.max(0, at - 40), at));
    for (const broken of [
      'pip install torch',
      'x = """',
      "f('''",
      'def f(',
      'd = {1: [',
      'if x',
      'class A',
      'x = \\',
      ')',
      '}}',
    ])
      assert.deepEqual(found([broken, text])[1], alone, broken);
  });

  it('import what lies in the folder of the notebook, in a package as well', async () => {
    const files = new TestFiles(core, {
      '/w/pkg/__init__.py': '',
      '/w/pkg/layers.py': 'from torch import nn\nclass Projection(nn.Linear):\n    pass\n',
      '/w/pkg/book.ipynb': joinCells(['from layers import Projection', MODEL]).text,
    });
    const book = await files.found('/w/pkg/book.ipynb');
    assert.deepEqual(
      book.map((each) => each.replace(/^\d+ /, '')),
      ['linear_call ? [64, 64]'],
    );
  });
});
