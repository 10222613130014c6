/** Names across files: what is imported is what its source says it is. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { TestCore } from './support/analyze';
import { TestFiles } from './support/files';

const LAYERS = `import torch
from torch import nn


class Linear(nn.Linear):
    pass


class Conv1D(nn.Module):
    def __init__(self, n_out, n_in):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(n_in, n_out))
        self.bias = nn.Parameter(torch.zeros(n_out))

    def forward(self, x):
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight)


class Gate(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        return torch.sigmoid(self.proj(x))


class Attention(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.to_q = nn.Linear(dim, dim)
        self.to_out = nn.Sequential(nn.Linear(dim, dim), nn.Dropout(0.1))


class Plain:
    def __init__(self, dim):
        self.dim = dim

    def __call__(self, x):
        return x


def make_head(dim, layer=nn.Linear, conv=False):
    if conv:
        return nn.Conv1d(dim, 2, 1)
    return layer(dim, 2)


def pool_and_head(dim, drop=None):
    if drop is not None:
        return nn.Flatten(), nn.Dropout(drop), nn.Linear(dim, 2)
    return nn.Flatten(), nn.Linear(dim, 2)
`;

/** A model whose layer \`made\` builds; what its call is found to be. */
function model(imports: string, made: string, call = 'self.layer(x)'): string {
  return `from torch import nn
${imports}


class M(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.layer = ${made}

    def forward(self, x):
        return ${call}
`;
}

describe('names across files', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const project = (main: string, more: Readonly<Record<string, string>> = {}): TestFiles =>
    new TestFiles(core, {
      '/w/pkg/__init__.py': '',
      '/w/pkg/layers/__init__.py': 'from .basic import *\nfrom .basic import Linear as Dense\n',
      '/w/pkg/layers/basic.py': LAYERS,
      '/w/pkg/model.py': main,
      ...more,
    });
  const callOf = async (files: TestFiles): Promise<string | undefined> =>
    (await files.found('/w/pkg/model.py')).findLast((each) => !each.includes('_ctor'))?.split(' ')[1];

  const imports: readonly (readonly [string, string, string, string | undefined])[] = [
    ['an absolute import', 'from pkg.layers.basic import Linear', 'Linear(dim, dim)', 'linear_call'],
    ['a relative import', 'from .layers.basic import Linear', 'Linear(dim, dim)', 'linear_call'],
    ['a re-export by star', 'from .layers import Linear', 'Linear(dim, dim)', 'linear_call'],
    ['a re-export under another name', 'from .layers import Dense', 'Dense(dim, dim)', 'linear_call'],
    ['a star import', 'from .layers.basic import *', 'Linear(dim, dim)', 'linear_call'],
    ['a module', 'from . import layers', 'layers.Linear(dim, dim)', 'linear_call'],
    ['a module by its dotted name', 'import pkg.layers.basic', 'pkg.layers.basic.Linear(dim, dim)', 'linear_call'],
    ['a module under another name', 'import pkg.layers.basic as b', 'b.Linear(dim, dim)', 'linear_call'],
    ['an import that may fail', 'try:\n    from fast import Linear\nexcept ImportError:\n    from .layers import Linear', 'Linear(dim, dim)', 'linear_call'],
    ['a conditional import', 'import os\nif os.environ:\n    from .layers import Linear\nelse:\n    from torch.nn import Linear', 'Linear(dim, dim)', 'linear_call'],
    ['a variable', 'from .layers import basic\nLayer = basic.Linear', 'Layer(dim, dim)', 'linear_call'],
    ['a partial', 'from functools import partial\nfrom .layers import Linear\nLayer = partial(Linear, bias=False)', 'Layer(dim, dim)', 'linear_call'],
    ['a class that only sounds like one', 'from .layers import Plain as Linear', 'Linear(dim)', undefined],
    ['a map with its own weight', 'from .layers import Conv1D', 'Conv1D(dim, dim)', 'linear_like_call'],
    ['a layer that bends', 'from .layers import Gate', 'Gate(dim)', undefined],
    ['a function that builds', 'from .layers.basic import make_head', 'make_head(dim)', 'linear_call'],
    ['a function that is told what to build', 'from .layers.basic import make_head', 'make_head(dim, conv=True)', undefined],
    ['a module that is not there', 'from gone.layers import Thing', 'Thing(dim)', undefined],
  ]; // prettier-ignore
  for (const [name, imported, made, expected] of imports) {
    it(`resolves ${name}`, async () => {
      assert.equal(await callOf(project(model(imported, made))), expected);
    });
  }

  it('finds the layers of an object of another class, with their sizes', async () => {
    const text = model(
      'from .layers.basic import Attention',
      'Attention(dim)',
      'self.layer.to_q(x) + self.layer.to_out(x)',
    );
    const files = project(text);
    assert.deepEqual(await files.found('/w/pkg/model.py'), ['11 linear_call ? [dim, dim]', '11 container_call ?']);
  });

  it('finds the layer among several things that a function gives', async () => {
    const text = model('from .layers.basic import pool_and_head', '0').replace(
      'self.layer = 0',
      'self.pool, self.layer = pool_and_head(dim)',
    );
    assert.equal(await callOf(project(text)), 'linear_call');
  });

  it('inherits constructor and layers from a class of another file', async () => {
    const base = `from torch import nn\n\n\nclass Base(nn.Module):\n    def __init__(self, dim):\n        super().__init__()\n        self.proj = nn.Linear(dim, 8)\n`;
    const main = `from .base import Base\n\n\nclass M(Base):\n    def forward(self, x):\n        return self.proj(x)\n`;
    const files = project(main, { '/w/pkg/base.py': base });
    assert.deepEqual(await files.found('/w/pkg/model.py'), ['6 linear_call ? [8, dim]']);
  });

  it('reads nothing that is not asked for', async () => {
    const files = project(model('from .layers.basic import Linear\nfrom . import unused', 'Linear(dim, dim)'), {
      '/w/pkg/unused.py': LAYERS,
    });
    await files.found('/w/pkg/model.py');
    assert.deepEqual(files.read, ['/w/pkg/layers/basic.py']);
  });

  it('takes torch for torch, whatever else bears its name', async () => {
    const files = project(model('', 'nn.Linear(dim, dim)'), { '/w/torch.py': 'class nn: pass', '/w/pkg/torch.py': '' });
    assert.equal(await callOf(files), 'linear_call');
  });

  it('knows a file that was deleted no more, and one that came', async () => {
    const files = project(model('from .layers.basic import Linear', 'Linear(dim, dim)'));
    assert.equal(await callOf(files), 'linear_call');
    files.change('/w/pkg/layers/basic.py', null);
    assert.equal(await callOf(files), undefined);
    files.change('/w/pkg/layers/basic.py', LAYERS);
    assert.equal(await callOf(files), 'linear_call');
  });

  const tangled: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['files that import each other', 'from .a import Linear', { '/w/pkg/a.py': 'from .b import Linear', '/w/pkg/b.py': 'from .a import Linear' }],
    ['a file that imports itself', 'from .a import Linear', { '/w/pkg/a.py': 'from .a import *\nfrom .a import Linear' }],
    ['stars that lead in a circle', 'from .a import Linear', { '/w/pkg/a.py': 'from .b import *', '/w/pkg/b.py': 'from .c import *', '/w/pkg/c.py': 'from .a import *' }],
    ['classes that derive from each other', 'from .a import Linear', { '/w/pkg/a.py': 'from .b import B\nclass Linear(B): pass', '/w/pkg/b.py': 'from .a import Linear\nclass B(Linear): pass' }],
    ['a class that derives from itself', 'from .a import Linear', { '/w/pkg/a.py': 'class Linear(Linear): pass' }],
    ['a variable that is itself', 'from .a import Linear', { '/w/pkg/a.py': 'from .b import x\nLinear = x', '/w/pkg/b.py': 'from .a import Linear as x' }],
    ['broken code', 'from .a import Linear', { '/w/pkg/a.py': 'class Linear(((' }],
    ['more dots than packages', 'from .....a import Linear', {}],
  ]; // prettier-ignore
  for (const [name, imported, more] of tangled) {
    it(`survives ${name}`, async () => {
      const files = project(model(imported, 'Linear(dim, dim)', 'self.layer(x) @ x'), more);
      assert.deepEqual((await files.found('/w/pkg/model.py')).length, 1);
    });
  }

  it('follows a chain of a hundred stars', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [`/w/pkg/s${at}.py`, at === 99 ? LAYERS : `from .s${at + 1} import *`]),
    );
    assert.equal(await callOf(project(model('from .s0 import Linear', 'Linear(dim, dim)'), chain)), 'linear_call');
  });

  it('reads a file of 10,000 classes', async function () {
    this.timeout(60_000);
    const classes = Array.from({ length: 10_000 }, (_, at) => `class C${at}(nn.Linear):\n    pass\n`).join('\n');
    const files = project(model('from .many import C9999', 'C9999(dim, dim)'), {
      '/w/pkg/many.py': `from torch import nn\n${classes}`,
    });
    assert.equal(await callOf(files), 'linear_call');
  });
});

describe('modules that are handed on', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const found = (text: string): Promise<readonly string[]> =>
    new TestFiles(core, { '/w/m.py': `import torch\nfrom torch import nn\n${text}` }).found('/w/m.py');

  it('to a class that calls them', async () => {
    const text = `class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn
    def forward(self, x):
        return self.fn(x) + x
class M(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.a = Residual(nn.Linear(dim, dim))
`;
    assert.deepEqual(await found(text), ['8 linear_call ? [dim, dim]', '12 linear_ctor [dim, dim]']);
  });

  it('to a function that calls them', async () => {
    const text = `def gated(x, layer):
    return torch.sigmoid(layer(x))
class M(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.gate = nn.Linear(dim, 4)
    def forward(self, x):
        return gated(self.norm(x), self.gate)
`;
    assert.deepEqual(await found(text), ['4 linear_call ? [4, dim]', '9 linear_ctor [4, dim]']);
  });

  it('in a list with stars, through a filter', async () => {
    const text = `def exists(x):
    return x is not None
def Stack(*parts):
    return nn.Sequential(*[*filter(exists, parts)])
class M(nn.Module):
    def __init__(self, dim, norm=False):
        super().__init__()
        self.net = Stack(nn.Linear(dim, 4), nn.LayerNorm(4) if norm else None)
    def forward(self, x):
        return self.net(x)
`;
    assert.deepEqual(await found(text), ['10 linear_ctor [4, dim]', '12 container_call ?']);
  });

  it('but not where isinstance tells them apart', async () => {
    const text = `class Other(nn.Module):
    def forward(self, x):
        return x
class M(nn.Module):
    def __init__(self, dim, kind):
        super().__init__()
        if kind:
            self.layer = nn.Linear(dim, 4)
        else:
            self.layer = Other()
    def forward(self, x):
        if isinstance(self.layer, nn.Linear):
            return self.layer(x)
        elif isinstance(self.layer, Other):
            return self.layer(x)
`;
    assert.deepEqual(await found(text), ['10 linear_ctor [4, dim]', '15 linear_call ? [4, dim]']);
  });
});

describe('what is kept of a file', () => {
  it('does not keep the analysis of a file that asked for it', async () => {
    const core = await TestCore.load();
    const files = new TestFiles(core, {
      '/w/layers.py': LAYERS,
      '/w/a.py':
        'import torch\nfrom layers import Attention, Gate\nfrom steps import outer\ndef f(x: torch.Tensor):\n    y = Attention(8).to_q(Gate(8)(x))\n    return outer(y) @ y\n',
      // A call in another file, of something that asks for a shape.
      '/w/steps.py':
        'import torch\ndef outer(x: torch.Tensor):\n    return inner(x, x)\ndef inner(x, y):\n    b, n, d = x.shape\n    return x @ y.mT\n',
    });
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const session = await (async () => new WeakRef((await files.analyze('/w/a.py')).session))();
    // A turn of the event loop ends what its promises hold.
    for (let turn = 0; turn < 5 && session.deref() !== undefined; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      collect();
    }
    assert.equal(files.workspace.hasRead('/w/layers.py'), true);
    assert.equal(session.deref(), undefined);
  });
});
