/** Where a hover says that the sizes of an operation were learned. */
import assert from 'node:assert/strict';
import { explainAt } from '../../src/core';
import type { FileAnalysis } from '../../src/core';
import { TestCore } from './support/analyze';
import { TestFiles } from './support/files';

const HEADER = `import torch
from dataclasses import dataclass, field
from torch import nn, Tensor
from jaxtyping import Float
`;

describe('where sizes are learned', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** The reasons that the hover gives on what stands first in the text, as `sizes: place`. */
  const reasons = (analysis: FileAnalysis, at: string): readonly string[] => {
    const offset = analysis.session.file.text.indexOf(at);
    assert.ok(offset >= 0, `${at} is not there`);
    const explanation = explainAt(analysis, offset + at.length - 1);
    assert.ok(explanation, 'nothing is explained there');
    const [, list] = explanation.markdown.split('Learned from\n');
    return (list ?? '')
      .split('\n')
      .filter(Boolean)
      .map((each) => each.replace(/^- /, '').replaceAll('`', ''));
  };

  const cases: readonly {
    readonly from: string;
    readonly code: string;
    readonly at: string;
    readonly expected: readonly string[];
  }[] = [
    {
      from: 'the arguments of a constructor',
      code: `class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(768, 3072)

    def forward(self, x):
        return self.fc(x)
`,
      at: 'self.fc(x)',
      expected: ['768, 3072: line 8 nn.Linear(768, 3072)'],
    },
    {
      from: 'a default, which is no certainty',
      code: `class M(nn.Module):
    def __init__(self, dim=512):
        super().__init__()
        self.fc = nn.Linear(dim, 4 * dim)

    def forward(self, x):
        return self.fc(x)
`,
      at: 'self.fc(x)',
      expected: ['dim: line 6 dim=512, a default', 'weight: line 8 nn.Linear(dim, 4 * dim)'],
    },
    {
      from: 'the unpacking of a shape, and a reshape',
      code: `def f(x):
    B, T, C = x.shape
    h = x.view(
        B, T, 12, 64
    )
    return h @ h.mT
`,
      at: 'h @ h.mT',
      expected: ['B, T: line 6 B, T, C = x.shape', '12, 64: line 7 x.view( B, T, 12, 64 )'],
    },
    {
      from: 'constants of the file, and what is computed of them',
      code: `width = 256
def f(x):
    return torch.ones(3, width) @ torch.ones(width, 2 * width)
`,
      at: 'torch.ones(3, width) @',
      expected: [
        '3: line 7 torch.ones(3, width)',
        '256, 512: line 5 width = 256',
        '512: line 7 torch.ones(width, 2 * width)',
      ],
    },
    {
      from: 'an annotation',
      code: `def f(x: Float[Tensor, "batch 64"], y: Float[Tensor, "64 5"]):
    return x @ y
`,
      at: 'x @ y',
      expected: ['batch, 64: line 5 x: Float[Tensor, "batch 64"]', '64, 5: line 5 y: Float[Tensor, "64 5"]'],
    },
    {
      from: 'an annotation of a variable',
      code: `def f(g):
    x: Float[Tensor, "n 64"] = g()
    return x @ x.T
`,
      at: 'x @ x.T',
      expected: ['n, 64: line 6 x: Float[Tensor, "n 64"] = g()'],
    },
    {
      from: 'a comment',
      code: `# shape: x=f32[B, 64]
def f(x, w):
    h = g(w)  # shape: (64, H)
    return x @ h
`,
      at: 'x @ h',
      expected: ['B, 64: line 5 # shape: x=f32[B, 64]', '64, H: line 7 # shape: (64, H)'],
    },
    {
      from: 'the argument that a caller gives for a parameter',
      code: `class M(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, dim // 2)

class N(nn.Module):
    def __init__(self):
        super().__init__()
        self.m = M(128)

    def forward(self, x):
        return self.m.fc(x)
`,
      at: 'self.m.fc(x)',
      expected: ['128, 64: line 13 M(128)', '64: line 8 nn.Linear(dim, dim // 2)'],
    },
    {
      from: 'a default that a caller leaves in place',
      code: `class M(nn.Module):
    def __init__(self, dim=128):
        super().__init__()
        self.fc = nn.Linear(dim, 1)

def f(x):
    return M().fc(x)
`,
      at: 'M().fc(x)',
      expected: ['128: line 6 dim=128', '1: line 8 nn.Linear(dim, 1)'],
    },
    {
      from: 'the field of a configuration, by default',
      code: `@dataclass
class Config:
    width: int = 768
    ratio: int = field(default=4)

class M(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.fc = nn.Linear(config.width, config.ratio)

    def forward(self, x):
        return self.fc(x)
`,
      at: 'self.fc(x)',
      expected: [
        'config.width: line 7 width: int = 768, a default',
        'config.ratio: line 8 ratio: int = field(default=4), a default',
        'weight: line 13 nn.Linear(config.width, config.ratio)',
      ],
    },
    {
      from: 'the attribute that holds a size',
      code: `class M(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.width = compute(n)

    def forward(self, x):
        return x.view(3, self.width) @ x
`,
      at: 'x.view(3, self.width) @',
      expected: ['3: line 11 x.view(3, self.width)', 'self.width: line 8 self.width = compute(n)'],
    },
    {
      from: 'nothing, where a name says it all',
      code: `def f(x):
    return x.reshape(x.shape[0], x.shape[1]) @ x
`,
      at: 'x.reshape(x.shape[0], x.shape[1]) @',
      expected: [],
    },
    {
      from: 'nothing that the operation says itself',
      code: 'layer = nn.Linear(3, 4)\n',
      at: 'nn.Linear(3',
      expected: [],
    },
    {
      from: 'a lambda or nested function of the place where it stands',
      code: `def make():
    # A line more than the caller has before it.
    return lambda x: x.view(6, 7)

def f(x):
    return make()(x) @ x
`,
      at: 'make()(x) @',
      expected: ['6, 7: line 7 x.view(6, 7)'],
    },
  ];

  for (const { from, code, at, expected } of cases) {
    it(`tells ${from}`, () => {
      assert.deepEqual(reasons(core.analyze(HEADER + code), at), expected);
    });
  }

  it('says so where bytes are counted of a dtype that nothing tells', () => {
    const explained = (dtype: string): string => {
      const code = `${HEADER}def f(g):\n    x = g()  # shape: ${dtype}[4, 4]\n    return x @ x\n`;
      return explainAt(core.analyze(code), HEADER.length + code.slice(HEADER.length).indexOf('@'))?.markdown ?? '';
    };
    assert.match(explained(''), /128 FLOP · at least 128 B moved, if float32 · 1 FLOP\/B/);
    assert.match(explained('f16'), /128 FLOP · at least 64 B moved · 2 FLOP\/B/);
  });

  it('tells lines of other files, by their names', async () => {
    const files = new TestFiles(core, {
      '/w/net/__init__.py': '',
      '/w/net/layers.py': `from torch import nn

WIDTH = 96

class Head(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.fc = nn.Linear(WIDTH, classes)

    def forward(self, x):
        return self.fc(x)
`,
      '/w/net/model.py': `import torch
from torch import nn
from .layers import Head

class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = Head()

    def forward(self, x):
        return self.head.fc(x)
`,
    });
    const analysis = await files.analyze('/w/net/model.py');
    assert.deepEqual(reasons(analysis, 'self.head.fc(x)'), [
      '96: layers\\.py, line 3 WIDTH = 96',
      '10: layers\\.py, line 6 classes=10',
      'weight: layers\\.py, line 8 nn.Linear(WIDTH, classes)',
    ]);
  });

  it('links lines, and names no place of a file that is forgotten', async () => {
    const files = new TestFiles(core, {
      '/w/sizes.py': 'import torch\nWIDTH = 96\n',
      '/w/model.py': 'import torch\nfrom sizes import WIDTH\ndef f(x):\n    return x @ torch.ones(WIDTH, 2)\n',
    });
    const analysis = await files.analyze('/w/model.py');
    const at = analysis.session.file.text.indexOf('@');
    const links =
      explainAt(analysis, at, (file, line) => ({ line, link: `${file ?? 'here'}#L${line}` }))?.markdown ?? '';
    assert.match(links, /- `96`: \[sizes\\\.py, line 2\]\(\/w\/sizes\.py#L2\) `WIDTH = 96`/);
    assert.match(links, /- `2`: \[line 4\]\(here#L4\) `torch\.ones\(WIDTH, 2\)`/);
    files.workspace.changed();
    const later = explainAt(analysis, at)?.markdown ?? '';
    assert.doesNotMatch(later, /WIDTH = 96/);
    assert.match(later, /torch\.ones\(WIDTH, 2\)/);
  });
});
