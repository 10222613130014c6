/** What was wrong once after edits, found by the tests in test/fuzz: each text is analysed after the one before it. */
import assert from 'node:assert/strict';
import { findingsOf, operationRecords, raceSubjects } from '../../src/core';
import type { FileAnalysis } from '../../src/core';
import { EditedDocument } from '../fuzz/support/document';
import { shown, wrongPlaces } from '../fuzz/support/shown';
import { TestCore } from './support/analyze';

const HEADER = 'import torch\nfrom torch import nn\n\n\n';

const TWO = `${HEADER}def first(x: torch.Tensor):
    return x @ x


def second(*args):
    pass
    return torch.bmm(args[0], args[1])
`;

const LAYERS = `${HEADER}class Model(nn.Module):
    def forward(self, x):
        return self.head(x)

    def build(self, dim):
        pass
`;

const CIRCLE = `${HEADER}def start(x: torch.Tensor, w):
    return x


def even(x: torch.Tensor, n):
    if n == 0:
        return x.view(2, 3)
    return odd(x, n - 1)


def odd(x: torch.Tensor, n):
    if n == 1:
        return x.view(2, 3)
    return even(x, n - 1)


def use(x: torch.Tensor, w: torch.Tensor):
    return odd(x, 1) @ w + even(x, 2) @ w
`;

const TRANSLATED = `${HEADER}class Model(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.layer = nn.Linear(dim, dim)

    def forward(self, x):
        return self.helper(self.layer(x))

    def helper(self, x):
        return x
`;

const GIVEN = `${HEADER}class Stack(nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        return x


class Model(nn.Module):
    def __init__(self, dim: int):
        super().__init__()
        self.layer = nn.Sequential(nn.Linear(dim, dim))
        self.stack = self.make()

    def make(self):
        return Stack([self.layer])
`;

describe('an analysis that is carried over', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const after = async (...texts: readonly string[]): Promise<FileAnalysis> => {
    const document = new EditedDocument(core, '/w/model.py', null);
    let last: FileAnalysis | null = null;
    for (const text of texts) last = (await document.become(text))?.analysis ?? null;
    document.dispose();
    assert(last);
    return last;
  };
  const agrees = async (...texts: readonly string[]): Promise<FileAnalysis> => {
    const carried = await after(...texts);
    assert.equal(shown(carried), shown(core.analyze(texts.at(-1) ?? '')));
    return carried;
  };

  it('sees that a function has another name, also where an edit above has moved it', async () => {
    const longer = TWO.replace('    return x @ x', '    y = x + 1\n    return x @ x');
    const found = await agrees(TWO, longer, longer.replace('def second', 'def last'));
    assert.deepEqual(
      raceSubjects(found).map((each) => each.qualname),
      ['first', 'last'],
    );
  });

  it('sees an attribute that another method has come to assign', async () => {
    const found = await agrees(LAYERS, LAYERS.replace('        pass', '        self.head = nn.Linear(dim, 8)'));
    assert.deepEqual(
      raceSubjects(found).map((each) => each.qualname),
      ['Model'],
    );
  });

  it('sees that a class has come to run what it is given', async () => {
    const run = GIVEN.replace(
      '        return x\n',
      '        for each in self.layers:\n            x = each(x)\n        return x\n',
    );
    const found = await agrees(GIVEN, run);
    assert.ok(operationRecords(found).some(({ kind }) => kind === 'container_call'));
    await agrees(run, GIVEN);
  });

  it('knows as much of functions that call each other, whichever is asked for first', async () => {
    for (const called of ['odd', 'even']) {
      await agrees(CIRCLE, CIRCLE.replace('    return x\n', `    return ${called}(x, 3) @ w\n`));
      await agrees(
        CIRCLE,
        CIRCLE.replace(`def ${called}(x: torch.Tensor, n):\n`, (header) => `${header}    y = x @ x\n`),
      );
    }
  });

  it('sees what another function has come to say of what was found in one', async () => {
    const loop = `${HEADER}def train(model: nn.Linear, batches):
    total = 0.0
    for x in batches:
        loss = model(x).square().mean()
        loss.backward()
        total += loss.item()
    return total


def place():
    return "cpu"


def test():
    pass


def test_it():
    raises(test)


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 4)

    def forward(self):
        return self.layer(torch.ones(5, 6))

    def other(self):
        pass
`;
    const texts = [
      loop,
      loop.replace('"cpu"', '"cuda"'),
      loop.replace('other(self):\n        pass', 'other(self):\n        self.layer.weight = 1'),
      loop.replace('raises(test)', 'raises(forward)'),
      loop,
    ];
    const document = new EditedDocument(core, '/w/model.py', null);
    const codes: string[] = [];
    for (const text of texts) {
      const analysis = (await document.become(text))?.analysis;
      assert(analysis);
      const found = findingsOf(analysis, false);
      assert.deepEqual(found, findingsOf(core.analyze(text), false));
      codes.push(found.map(({ code }) => code).join());
    }
    document.dispose();
    assert.deepEqual(codes, ['MM904', 'MM403,MM904', '', '', 'MM904']);
  });

  it('speaks of no place behind the end of a text that has become shorter and broken', async () => {
    const broken = TWO.replace('    pass\n    return torch.bmm(args[0], args[1])\n', '    pass (\n');
    assert.deepEqual(wrongPlaces(await after(TWO, broken)), []);
  });

  it('sees that code can no longer be translated, or can again', async () => {
    const untranslated = TRANSLATED.replace('        return x\n', '        return x.numpy()\n');
    await agrees(TRANSLATED, untranslated);
    await agrees(untranslated, TRANSLATED);
  });

  it('is the same where loops and calls reach their bounds', async () => {
    const chain = Array.from({ length: 60 }, (_, at) => `def f${at}(a: torch.Tensor):\n    return f${at + 1}(a) @ a\n`);
    const text = `${HEADER}${chain.join('')}def f60(a):\n    return a.view(2, 3)\n`;
    for (const at of [0, 20, 45, 59]) {
      const header = `def f${at}(a: torch.Tensor):\n`;
      await agrees(text, text.replace(header, `${header}    b = a + 1\n`));
    }
  });
});
