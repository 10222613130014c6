/** When a race counts as one of earlier code. */
import assert from 'node:assert/strict';
import { subjectNamed } from '../../src/core';
import { raceDigest } from '../../src/editor/analysis/raceDigest';
import { TestCore } from '../core/support/analyze';

const FILE = `import torch
import torch.nn as nn

WIDTH = 64
HIDDEN = 4 * WIDTH
RATE = 1e-3


def scaled(x):
    return x * 0.5


def even(x, n):
    return x @ x if n == 0 else odd(x, n - 1)


def odd(x, n):
    return even(x, n - 1)


# shape: x=f32[8, 64], w=f32[64, 64]
# more words
def f(x, w):
    return scaled(x) @ w


class Base(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(WIDTH, HIDDEN)


class Net(Base):
    def forward(self, x):
        return self.fc(x)


def unrelated(x):
    return x + 1
`;

describe('the digest of what is raced', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  function digest(text: string, qualname: string): string {
    const file = core.analyze(text);
    const subject = subjectNamed(file, qualname) ?? assert.fail(`there is no ${qualname}`);
    return raceDigest(text, file, subject);
  }

  function changes(qualname: string, from: string, to: string): boolean {
    assert.ok(FILE.includes(from), from);
    return digest(FILE.replace(from, to), qualname) !== digest(FILE, qualname);
  }

  for (const [what, qualname, from, to] of [
    ['its own code', 'f', '@ w', '@ w.T'],
    ['the shapes written above it', 'f', 'x=f32[8, 64]', 'x=f32[16, 64]'],
    ['a function that it calls', 'f', 'x * 0.5', 'x * 0.25'],
    ['a function that calls it back', 'even', 'n - 1)\n\n\n#', 'n - 2)\n\n\n#'],
    ['its class', 'Net', 'return self.fc(x)', 'return self.fc(x) * 2'],
    ['the constructor of its base', 'Net', 'nn.Linear(WIDTH, HIDDEN)', 'nn.Linear(WIDTH, HIDDEN, bias=False)'],
    ['a constant', 'Net', 'HIDDEN = 4', 'HIDDEN = 2'],
    ['a constant of a constant', 'Net', 'WIDTH = 64', 'WIDTH = 32'],
  ] as const) {
    it(`changes with ${what}`, () => {
      assert.equal(changes(qualname, from, to), true);
    });
  }

  it('changes with nothing else', () => {
    for (const qualname of ['f', 'Net', 'even']) {
      assert.equal(changes(qualname, 'x + 1', 'x + 2'), false);
      assert.equal(changes(qualname, 'RATE = 1e-3', 'RATE = 1e-2'), false);
      assert.equal(changes(qualname, 'import torch\n', '"""A docstring."""\n\nimport torch\n'), false);
      assert.equal(digest(FILE.replaceAll('\n', '\r\n'), qualname), digest(FILE, qualname));
    }
    assert.equal(changes('Net', 'x * 0.5', 'x * 0.25'), false);
    assert.equal(changes('f', '# more words', '# other words'), false);
  });
});
