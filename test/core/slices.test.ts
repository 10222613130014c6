/** Analysis in slices: the same answers, the host's turns between them, and an end when nobody waits any more. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Analyzer, findingsOf, LiveAnalyses, operationRecords, PythonParser, raceSubjects } from '../../src/core';
import type { FileAnalysis, Pace } from '../../src/core';
import type { Steps } from '../../src/core/steps';
import { ROOT, TestCore } from './support/analyze';

const NOWHERE = { find: () => Promise.resolve(null) };

/** Functions and classes that need each other in circles. */
const CIRCLES = `import torch
from torch import nn

class A(nn.Module):
    def __init__(self, inner=None):
        super().__init__()
        self.inner = inner or B(self)
        self.fc = make(3)

    def forward(self, x):
        return step(self.fc(x), self) @ self.inner.weight()

class B(A):
    def weight(self):
        return self.forward(torch.randn(2, 3)).T

def make(n):
    return nn.Linear(n, n + 1) if n > 2 else step(make(n - 1), None)

def step(x, module):
    return x if module is None else module.forward(x) @ make(4).weight

y = step(torch.randn(5, 4), A())
z = y @ torch.randn(4, 9)
`;

describe('an analysis in slices', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const shown = (analysis: FileAnalysis): string =>
    JSON.stringify([operationRecords(analysis), findingsOf(analysis), raceSubjects(analysis)]);

  /** Every step is told at once that its time is over. */
  const impatiently = <T>(steps: Steps<T>): { readonly value: T; readonly count: number } => {
    for (let count = 1; ; count++) {
      const step = steps.next(() => true);
      if (step.done === true) return { value: step.value, count };
    }
  };

  const texts = () => [
    CIRCLES,
    ...readdirSync(path.join(ROOT, 'examples'))
      .filter((each) => each.endsWith('.py'))
      .map((each) => readFileSync(path.join(ROOT, 'examples', each), 'utf8')),
  ];

  it('says what one in one go says, however often it is interrupted', () => {
    const now = () => performance.now();
    const parser = new PythonParser(core.language);
    for (const text of texts()) {
      const parsed = parser.parse(text, { now, limitMs: 10_000 });
      assert(parsed.kind === 'tree');
      const analyzer = new Analyzer(core.language, now);
      const { value, count } = impatiently(analyzer.analyzeInSteps(parsed.tree, text, null, 'needed', null));
      parsed.tree.delete();
      assert(value);
      assert(count > value.functions.length, 'there were interruptions');
      assert.equal(shown(value), shown(core.analyze(text)));
    }
  });

  it('finds products in every part of a long file', () => {
    const text = `import torch\n\n\ndef f(a, b):\n${'    a = (\n        a\n        @ b\n    )\n'.repeat(1_500)}    return a\n`;
    assert.equal(operationRecords(core.analyze(text)).length, 1_500);
  });

  /** A clock on which every look takes a millisecond. */
  const paced = (): Pace & { breaths: number } => {
    let time = 0;
    return {
      breaths: 0,
      now: () => ++time,
      breathe() {
        this.breaths++;
        return Promise.resolve();
      },
      sliceMs: 8,
      limitMs: 1_000_000,
    };
  };

  it('lets the host breathe, and says the same', async () => {
    const text = CIRCLES.repeat(8);
    const pace = paced();
    const live = new LiveAnalyses(core.language, NOWHERE, pace, 2);
    const result = await live.analyze('a', text, null, () => true);
    assert(result.kind === 'analysis');
    assert.equal(shown(result.file), shown(core.analyze(text)));
    assert.deepEqual(result.findings, findingsOf(core.analyze(text), false));
    assert(pace.breaths > 20, String(pace.breaths));
    live.dispose();
  });

  it('ends within a slice once it is no longer wanted, wherever it stands', async () => {
    const text = CIRCLES.repeat(2);
    const whole = paced();
    const live = new LiveAnalyses(core.language, NOWHERE, whole, 2);
    await live.analyze('whole', text, null, () => true);
    live.dispose();
    for (let wanted = 0; wanted < whole.breaths; wanted++) {
      const pace = paced();
      const other = new LiveAnalyses(core.language, NOWHERE, pace, 2);
      const result = await other.analyze('a', text, null, () => pace.breaths < wanted);
      assert.equal(result.kind, 'cancelled', `after ${wanted} of ${whole.breaths}`);
      // Parsing ends by a newer parse of the same text; the rest at its next breath.
      assert.equal((await other.analyze('a', text, null, () => true)).kind, 'analysis');
      other.dispose();
    }
  });

  it('is of the newest text, though an older one is under way', async () => {
    const live = new LiveAnalyses(core.language, NOWHERE, paced(), 2);
    let newest = 0;
    const results = await Promise.all(
      [1, 2, 3].map((version) => {
        newest = version;
        return live.analyze('a', `${CIRCLES}\n# ${version}\n`, null, () => newest === version);
      }),
    );
    assert.deepEqual(
      results.map(({ kind }) => kind),
      ['cancelled', 'cancelled', 'analysis'],
    );
    live.dispose();
  });
});
