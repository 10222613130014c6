/** Every fixture, translated and run: values and gradients equal PyTorch's, within a bound tied to float64. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { convertToJax } from '../../src/core';
import type { FileAnalysis } from '../../src/core';
import { ROOT, TestCore } from '../core/support/analyze';
import { analyzeAll } from '../core/translate/analyzeAll';
import { casesOf, fixtures } from './fixtures';
import { python } from './python';

const FOLDER = path.join(ROOT, 'test/translate');

interface Outcome {
  readonly qualname: string;
  readonly problem: string | null;
}

describe('translations compute what PyTorch computes', function () {
  this.timeout(300_000);
  const files = fixtures();
  const wanted = files.flatMap(({ path: file, text }) => casesOf(text).map((qualname) => ({ file, text, qualname })));
  const outcomes = new Map<string, Outcome>();

  before(async () => {
    const core = await TestCore.load();
    const analyses = new Map<string, FileAnalysis>(files.map(({ path: file, text }) => [file, analyzeAll(core, text)]));
    const lines = wanted.map(({ file, qualname }) => {
      const analysis = analyses.get(file);
      const made = analysis && convertToJax(analysis, qualname);
      assert.ok(made, qualname);
      assert.ok(made.ok, `${qualname}: ${made.ok ? '' : made.refusals.map((each) => each.reason).join('; ')}`);
      return JSON.stringify({ file, qualname, source: made.source, entry: made.entry, takes_params: made.takesParams });
    });
    const output = python([path.join(FOLDER, 'verify.py')], lines.join('\n'));
    for (const line of output.trim().split('\n')) {
      const outcome = JSON.parse(line) as Outcome;
      outcomes.set(outcome.qualname, outcome);
    }
  });

  it('has enough of them', () => {
    assert.ok(wanted.length >= 50, `${wanted.length} cases`);
  });

  for (const { qualname } of wanted) {
    it(qualname, () => {
      const outcome = outcomes.get(qualname);
      assert.ok(outcome, 'it was not run');
      assert.equal(outcome.problem, null);
    });
  }
});
