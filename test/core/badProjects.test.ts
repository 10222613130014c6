/** Projects that no one should have, and files that change under the reader: what is found in them all the same. */
import assert from 'node:assert/strict';
import { ModuleFinder, operationRecords, PythonParser, Workspace } from '../../src/core';
import { wrongPlaces } from '../fuzz/support/shown';
import { TestCore } from './support/analyze';
import { TestFiles } from './support/files';

const MAIN = '/w/pkg/model.py';
const LINEAR = 'from torch import nn\n\n\nclass Linear(nn.Linear):\n    pass\n';

type Files = Readonly<Record<string, string>>;

/** A model with a layer of another file. */
const model = (imports: string, layer = 'Linear(4, 8)'): string => `from torch import nn
${imports}


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = ${layer}

    def forward(self, x):
        return self.layer(x)
`;

describe('a project', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** What the model's call of its layer is found to be. */
  const found = async (files: Files, imports: string, layer?: string): Promise<readonly string[]> =>
    callsIn(new TestFiles(core, { '/w/pkg/__init__.py': '', [MAIN]: model(imports, layer), ...files }), MAIN);
  const callsIn = async (files: TestFiles, path: string): Promise<readonly string[]> =>
    operationRecords(await files.analyze(path)).flatMap(({ kind }) => (kind.endsWith('_ctor') ? [] : [kind]));
  const FOUND = ['linear_call'];

  it('whose files import each other is followed through the circle', async () => {
    const files = {
      '/w/pkg/a.py': `from .b import Other\nfrom .model import M\n${LINEAR}`,
      '/w/pkg/b.py': 'from .a import Linear\n\n\nclass Other(Linear):\n    pass\n',
    };
    assert.deepEqual(await found(files, 'from .a import Other', 'Other(4, 8)'), FOUND);
  });

  // Python imports a torch.py that stands beside the script that is run, and then nothing of torch works. PyTorch's
  // own checkout is a folder called torch. Whoever writes `import torch` means PyTorch.
  for (const shadow of ['/w/torch.py', '/w/pkg/torch.py', '/w/torch/__init__.py', '/w/torch/nn.py'])
    it(`with ${shadow} means PyTorch by torch, and does not read that file`, async () => {
      const files = new TestFiles(core, {
        '/w/pkg/__init__.py': '',
        [MAIN]: model('', 'nn.Linear(4, 8)'),
        [shadow]: 'class nn:\n    Linear = None\n',
      });
      assert.deepEqual(await callsIn(files, MAIN), FOUND);
      assert.deepEqual(files.read, []);
    });

  it('with a module of that name means its own by a relative import', async () => {
    const own = { '/w/pkg/torch.py': 'class Linear:\n    def __init__(self, *sizes):\n        pass\n' };
    assert.deepEqual(await found(own, 'from .torch import Linear'), []);
    assert.deepEqual(await found({ '/w/pkg/torch.py': LINEAR }, 'from .torch import Linear'), FOUND);
  });

  it('with 10,000 classes in a file is read, each of them', function () {
    this.timeout(60_000);
    const text = `from torch import nn\n${Array.from({ length: 10_000 }, (_, at) => `class C${at}(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 3)\n    def forward(self, x):\n        return self.a(x)\n`).join('')}`;
    assert.equal(operationRecords(core.analyze(text)).length, 20_000);
  });

  it('whose classes derive from each other in a circle keeps what they say by themselves', async () => {
    const circle = `from torch import nn\nclass A(B):\n    pass\nclass B(A, nn.Module):\n    def __init__(self):\n        self.layer = nn.Linear(4, 8)\n    def forward(self, x):\n        return self.layer(x)\n`;
    const files = new TestFiles(core, { '/w/a.py': circle });
    assert.deepEqual(await callsIn(files, '/w/a.py'), FOUND);
  });

  for (const [length, expected] of [
    [100, FOUND],
    // Longer than any that was written by hand: what comes from its end is not known.
    [3_000, []],
  ] as const)
    it(`with a chain of ${length} star imports`, async function () {
      this.timeout(30_000);
      const chain = Object.fromEntries(
        Array.from({ length }, (_, at) => [
          `/w/pkg/s${at}.py`,
          at === length - 1 ? LINEAR : `from .s${at + 1} import *\n`,
        ]),
      );
      assert.deepEqual(await found(chain, 'from .s0 import *\nfrom .s0 import Linear'), expected);
    });

  it('with star imports that lead to each file in many ways', async () => {
    const stars: Record<string, string> = { '/w/pkg/b40.py': LINEAR };
    for (let at = 0; at < 40; at++)
      for (const side of ['a', 'b'])
        stars[`/w/pkg/${side}${at}.py`] = `from .a${at + 1} import *\nfrom .b${at + 1} import *\n`;
    assert.deepEqual(await found(stars, 'from .a0 import Linear'), FOUND);
  });

  it('with classes that derive from each one above in many ways', async () => {
    const classes = Array.from(
      { length: 40 },
      (_, at) => `class A${at + 1}(A${at}, B${at}): pass\nclass B${at + 1}(A${at}, B${at}): pass\n`,
    );
    const files = {
      '/w/pkg/a.py': `from torch import nn\nfrom .b import B0\nclass A0(nn.Linear): pass\n${classes.join('')}`,
      '/w/pkg/b.py': LINEAR.replace('Linear(', 'B0('),
    };
    assert.deepEqual(await found(files, 'from .a import A40', 'A40(4, 8)'), FOUND);
  });

  it('speaks of no place of another file, whatever modules that one is handed', async () => {
    const files = {
      '/w/pkg/a.py': `${'\n'.repeat(500)}import torch\ndef run(layer, x):\n    return layer(x) @ x\n`,
      [MAIN]: 'from torch import nn\nfrom .a import run\n\n\ndef f(x):\n    return run(nn.Linear(4, 8), x)\n',
    };
    const analysis = await new TestFiles(core, { '/w/pkg/__init__.py': '', ...files }).analyze(MAIN);
    assert.deepEqual(wrongPlaces(analysis), []);
    assert.deepEqual(
      operationRecords(analysis).map((each) => [each.line, each.kind]),
      [[6, 'linear_ctor']],
    );
  });
});

describe('a file that changes while it is being read', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** @param meanwhile happens whenever a file has been found and is about to be read */
  const project = (files: Map<string, string>, meanwhile: (workspace: Workspace) => void) => {
    const reader = {
      isFile: (path: string) => Promise.resolve(files.has(path)),
      read: (path: string) => {
        const text = files.get(path) ?? null;
        return Promise.resolve().then(() => {
          meanwhile(workspace);
          return files.has(path) ? text : null;
        });
      },
    };
    const finder = new ModuleFinder(reader, []);
    const clock = { now: () => performance.now(), limitMs: 10_000 };
    const parser = new PythonParser(core.language);
    const workspace: Workspace = new Workspace(finder, core.analyzer, (text) =>
      Promise.resolve(parser.parse(text, clock)),
    );
    const kinds = async (): Promise<readonly string[]> => {
      const analysis = await workspace.analyze(await finder.placeOf(MAIN), files.get(MAIN) ?? '');
      assert(analysis);
      return operationRecords(analysis).map((each) => each.kind);
    };
    const changed = (): void => {
      workspace.changed();
      finder.changed();
    };
    return { kinds, changed };
  };
  const filesWith = (layers: string): Map<string, string> =>
    new Map([
      ['/w/pkg/__init__.py', ''],
      ['/w/pkg/layers.py', layers],
      [MAIN, model('from .layers import Linear')],
    ]);

  it('and is deleted, is as good as not there', async () => {
    const files = filesWith(LINEAR);
    const { kinds, changed } = project(files, () => files.delete('/w/pkg/layers.py'));
    assert.deepEqual(await kinds(), []);
    files.set('/w/pkg/layers.py', LINEAR);
    changed();
    assert.deepEqual(await kinds(), []);
  });

  it('and is renamed, is found under its new name the next time', async () => {
    const files = filesWith(LINEAR);
    const { kinds, changed } = project(files, () => {
      if (!files.delete('/w/pkg/layers.py')) return;
      files.set('/w/pkg/blocks.py', LINEAR);
      files.set(MAIN, model('from .blocks import Linear'));
    });
    assert.deepEqual(await kinds(), []);
    changed();
    assert.deepEqual(await kinds(), ['linear_ctor', 'linear_call']);
  });

  it('and is written anew, is known as it is then, once that was said', async () => {
    const files = filesWith('class Linear:\n    def __init__(self, *sizes):\n        pass\n');
    let written = false;
    const { kinds } = project(files, (workspace) => {
      if (written) return;
      written = true;
      // The text that is on its way is an old one by now.
      files.set('/w/pkg/layers.py', LINEAR);
      workspace.changed();
    });
    await kinds();
    assert.deepEqual(await kinds(), ['linear_ctor', 'linear_call']);
  });
});
