/** Every converted fixture is what ruff would have written, and it finds nothing wrong with it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { convertFile, convertToJax } from '../../src/core';
import { TestCore } from '../core/support/analyze';
import { WholeAnalyzer } from '../core/translate/analyzeAll';
import { casesOf, fixtures } from './fixtures';

const RULES = ['--isolated', '--select', 'E,F,I,W,UP,B', '--line-length', '88'];

/** @throws where ruff cannot be run: the group that runs these tests provides it */
function ruff(args: readonly string[], input: string): { readonly ok: boolean; readonly output: string } {
  const executable = process.env.MATMUL_LENS_RUFF;
  assert.ok(executable, 'MATMUL_LENS_RUFF names no ruff');
  const run = spawnSync(executable, [...args, '-'], { input, encoding: 'utf8' });
  assert.ok(run.status === 0 || run.status === 1, run.stderr || String(run.error));
  return { ok: run.status === 0, output: run.stdout };
}

describe('converted files are in the style of ruff', function () {
  this.timeout(60_000);
  let analyzer: WholeAnalyzer;
  before(async () => {
    analyzer = new WholeAnalyzer(await TestCore.load());
  });

  function check(source: string): void {
    const found = ruff(['check', ...RULES, '--quiet'], source);
    assert.ok(found.ok, found.output);
    const layout = ruff(['format', '--isolated', '--diff', '--quiet'], source);
    assert.ok(layout.ok, layout.output);
  }

  for (const { file, text } of fixtures()) {
    for (const qualname of casesOf(text))
      it(qualname, () => {
        const made = convertToJax(analyzer.analyze(text), qualname);
        assert.ok(made?.ok);
        check(made.source);
      });
    it(`all of ${file}`, () => {
      const { source } = convertFile(analyzer.analyze(text));
      assert.ok(source !== null);
      check(source);
    });
  }
});
