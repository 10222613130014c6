/** A race in which the code as written was skipped: the first row that was not is what the others are compared with. */
import assert from 'node:assert/strict';
import { baselineOf, headline, raceMarkdown, sentence } from '../../src/protocol';
import type { Comparison, RaceState } from '../../src/protocol';
import { raceTables } from '../../src/cli/bench/raceTable';
import { raceChart } from '../../src/webview/model/raceChart';
import { resultsTable } from '../../src/webview/model/resultsTable';
import { verdictLines } from '../../src/webview/model/verdicts';
import { played, recordedRace } from './recordedRaces';

const MODE = 'forward';

/** What the runner makes of the recorded race where PyTorch is absent. */
function withoutTorch(): RaceState {
  const race = played(recordedRace('mlpComplete'));
  const reason = 'PyTorch is not installed in this interpreter.';
  const comparison: Comparison = {
    ...{ a: 'jax-jit', b: 'jax-vmap-jit', mode: MODE, ratio: 0.8, ci: [0.75, 0.85], verdict: 'faster' },
    reason: 'a reason of the runner',
  };
  assert.ok(race.rows.some(({ name }) => name === comparison.b));
  return {
    ...race,
    rows: race.rows
      .filter((row) => row.mode === MODE)
      .map((row) =>
        row.framework === 'torch' ? { ...row, status: 'skipped', reason, median_s: null, ci_s: null } : row,
      ),
    comparisons: [comparison],
  };
}

describe('without PyTorch', () => {
  const race = withoutTorch();
  const outcome = { variants: race.rows, comparisons: race.comparisons };

  it('the baseline is the first row that was not skipped, of its mode', () => {
    assert.equal(baselineOf(race.rows, MODE)?.name, 'jax-jit');
    assert.equal(baselineOf(race.rows, 'training'), null);
    assert.equal(baselineOf(played(recordedRace('mlpComplete')).rows, 'training')?.name, 'torch-eager');
  });

  it('there is a verdict, in panel, lens and terminal alike', () => {
    const text = 'Forward: JAX jit + vmap is 1.3× as fast as JAX jit (1.2× to 1.3×).';
    assert.equal(headline(outcome, MODE)?.kind, 'winner');
    assert.equal(sentence(outcome, MODE), text);
    assert.deepEqual(verdictLines(race), [{ mode: MODE, kind: 'winner', text }]);
    assert.equal(raceTables(race)[0]?.verdict, text);
    assert.ok(raceMarkdown(race).includes('**Forward: JAX jit + vmap is 1.3× as fast as JAX jit'));
  });

  it('tables and chart name it', () => {
    const words = (rows: readonly { label: string; word: string }[]) => rows.map(({ label, word }) => [label, word]);
    const expected = [
      ...['PyTorch eager', 'PyTorch compiled', 'PyTorch vmap'].map((each) => [each, 'skipped']),
      ['JAX jit', 'baseline'],
      ['JAX jit + vmap', 'faster'],
    ];
    assert.deepEqual(words(resultsTable(race, MODE).rows), expected);
    assert.deepEqual(words(raceTables(race)[0]?.rows ?? []), expected);
    assert.equal(raceChart(race, MODE).baseline, race.rows.find(({ name }) => name === 'jax-jit')?.median_s);
    assert.match(raceMarkdown(race), /\| JAX jit \| [^|]+\| [^|]+\| 1× \| baseline \|/);
  });

  it('reasons are told', () => {
    const remark = 'JAX jit + vmap: faster: a reason of the runner.';
    assert.deepEqual(resultsTable(race, MODE).remarks, [remark]);
    assert.deepEqual(raceTables(race)[0]?.remarks, [remark]);
  });
});

describe('a race as Markdown', () => {
  it('keeps reasons of verdicts, and the best of PyTorch against the best of JAX', () => {
    const text = raceMarkdown(played(recordedRace('busyMachine')));
    assert.ok(
      text.includes('- PyTorch bmm, JAX jit, JAX jit + vmap: inconclusive: other programs took 1.4 of 2 cores'),
      text,
    );
    assert.ok(text.includes('- JAX jit + vmap against PyTorch bmm: 0.89× as fast (0.85× to 0.94×), slower.'), text);
  });

  it('has no verdict, and no reason of one, for a race that was broken off', () => {
    const text = raceMarkdown({ ...played(recordedRace('busyMachine')), status: 'cancelled' });
    assert.match(text, /no verdict/);
    assert.doesNotMatch(text, /inconclusive|against PyTorch bmm/);
  });
});
