/** Whether a race of a function decides what is drawn in it. The history is a stand-in: it needs a window. */
import assert from 'node:assert/strict';
import { findingsOf, raceSubjects } from '../../src/core';
import { raceDigest } from '../../src/editor/analysis/raceDigest';
import type { Snapshot } from '../../src/editor/analysis/snapshot';
import { RacedSites } from '../../src/editor/hints/racedSites';
import type { RaceHistory } from '../../src/editor/race/raceHistory';
import type { RaceMark } from '../../src/editor/race/raceMark';
import { TestCore } from '../core/support/analyze';

const FILE = `import torch


# shape: a=f32[40, 30], v=f32[30]
def scale(a, v):
    return a @ torch.diag(v)
`;

describe('a race of a function', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const decided = (text: string, mark: (digest: string) => Partial<RaceMark>, device: 'cpu' | 'cuda' = 'cpu') => {
    const raced = core.analyze(FILE);
    const [subject] = raceSubjects(raced);
    assert.ok(subject);
    const history = {
      markOf: () => ({ synthetic: false, deviceKind: 'cpu', ...mark(raceDigest(FILE, raced, subject)) }),
      onDidChange: () => ({ dispose: () => undefined }),
    } as unknown as RaceHistory;
    const file = core.analyze(text);
    const findings = findingsOf(file, false);
    const snapshot = {
      ...{ analysis: { file }, text, findings, subjects: raceSubjects(file), projectRules: null },
      part: { document: { uri: 'file:///scale.py' } },
    } as unknown as Snapshot;
    const [finding] = findings.filter(({ code }) => code === 'MM302');
    assert.ok(finding);
    return new RacedSites(history).of(snapshot, device)(finding);
  };

  it('decides for the findings in it', () => {
    assert.equal(
      decided(FILE, (digest) => ({ digest, rewrite: 'loses' })),
      'loses',
    );
    assert.equal(
      decided(`import os\n${FILE}`, (digest) => ({ digest, rewrite: 'gains' })),
      'gains',
    );
  });

  it('decides nothing once the function is edited, for another kind of device, or without its code', () => {
    const rewrite = 'gains';
    const edited = FILE.replace('return a', 'return 2 * a');
    assert.equal(
      decided(edited, (digest) => ({ digest, rewrite })),
      null,
    );
    assert.equal(
      decided(FILE, (digest) => ({ digest, rewrite }), 'cuda'),
      null,
    );
    assert.equal(
      decided(FILE, (digest) => ({ digest, rewrite, synthetic: true })),
      null,
    );
    assert.equal(
      decided(FILE, (digest) => ({ digest })),
      null,
    );
  });
});
