import assert from 'node:assert/strict';
import type { RaceState, VariantResult } from '../../src/protocol';
import { secondsInterval, speedupInterval } from '../../src/webview/model/intervals';
import { resultsTable } from '../../src/webview/model/resultsTable';
import type { TableRow } from '../../src/webview/model/resultsTable';
import { played, recordedRace, round } from './recordedRaces';

const mlp = recordedRace('mlpComplete');
const row = (race: RaceState, mode: 'forward' | 'training', name: string): TableRow =>
  resultsTable(race, mode).rows.find((each) => each.name === name) ?? assert.fail(`no row ${name}`);
const texts = (each: TableRow) => ('cells' in each.content ? each.content.cells.map((cell) => cell.main) : []);
const changeRows = (race: RaceState, change: (row: VariantResult) => Partial<VariantResult>): RaceState => ({
  ...race,
  rows: race.rows.map((each) => ({ ...each, ...change(each) })),
});

describe('results table', () => {
  it('reads a finished race out', () => {
    const race = played(mlp);
    assert.deepEqual(
      resultsTable(race, 'training').rows.map((each) => [each.label, each.word]),
      [
        ['PyTorch eager', 'baseline'],
        ['PyTorch compiled', 'slower'],
        ['PyTorch vmap', 'slower'],
        ['JAX jit', 'faster'],
        ['JAX jit + vmap', 'faster'],
      ],
    );
    assert.deepEqual(texts(row(race, 'training', 'jax-jit')), [
      '54.8 µs',
      '2.4×',
      '115',
      '68.4 %',
      '2.2e-7',
      '310 ms',
      '3,988',
    ]);
    assert.deepEqual(texts(row(race, 'training', 'torch-eager')).slice(0, 2), ['133 µs', '1×']);
  });

  it('has as many cells as columns in every row and at every moment', () => {
    for (const event of mlp.events) {
      const race = played(mlp, (each) => each === event);
      for (const mode of ['forward', 'training'] as const) {
        const table = resultsTable(race, mode);
        for (const each of table.rows)
          if ('cells' in each.content) assert.equal(each.content.cells.length, table.columns.length);
      }
    }
  });

  it('leaves cells empty until there is something to say', () => {
    const race = played(mlp, (event) => event.type === 'started');
    assert.ok(resultsTable(race, 'forward').rows.length > 0);
    for (const each of resultsTable(race, 'forward').rows) {
      assert.equal(each.word, 'waiting');
      assert.ok(texts(each).every((text) => text === ''));
    }
  });

  it('calls first numbers provisional, not a verdict', () => {
    const first = row(played(mlp, round('forward', 1)), 'forward', 'jax-jit');
    assert.equal(first.word, 'provisional');
    assert.equal(first.provisional, true);
    assert.equal(texts(first)[0], '25.5 µs');
  });

  it('says that a slower variant never wins its compile time back', () => {
    assert.equal(texts(row(played(mlp), 'forward', 'jax-jit')).at(-1), 'never');
    assert.equal(texts(row(played(mlp), 'forward', 'torch-vmap')).at(-1), '–');
  });

  it('gives the reason in place of numbers', () => {
    const absent = row(played(recordedRace('jaxAbsent')), 'forward', 'jax-jit');
    assert.equal(absent.word, 'skipped');
    assert.deepEqual(absent.content, { reason: 'JAX is not installed in this interpreter.' });
    const wrong = row(played(recordedRace('busyMachine')), 'training', 'torch-vmap');
    assert.equal(wrong.word, 'failed');
    assert.match('reason' in wrong.content ? wrong.content.reason : '', /differs from the float64 reference/);
  });

  it('takes back the verdicts of a race that was broken off, and says what was not run', () => {
    const measured = played(mlp, round('training', 4));
    assert.equal(row(measured, 'forward', 'jax-jit').word, 'slower');
    const cancelled: RaceState = { ...measured, status: 'cancelled' };
    assert.equal(row(cancelled, 'forward', 'jax-jit').word, 'no verdict');
    assert.equal(texts(row(cancelled, 'forward', 'jax-jit'))[1], '–');
    const early: RaceState = { ...played(mlp, (event) => event.type === 'started'), status: 'cancelled' };
    assert.equal(row(early, 'forward', 'jax-jit').word, 'not run');
  });

  it('writes one column of rates in one unit', () => {
    const fast = changeRows(played(mlp), ({ name }) => ({ flops_per_s: name === 'jax-jit' ? 7.9e14 : 9.5e11 }));
    assert.equal(resultsTable(fast, 'forward').columns[2]?.title, 'TFLOP/s');
    assert.equal(texts(row(fast, 'forward', 'jax-jit'))[2], '790');
    assert.equal(texts(row(fast, 'forward', 'torch-eager'))[2], '0.95');
    assert.equal(resultsTable(played(mlp), 'forward').columns[2]?.title, 'GFLOP/s');
  });

  it('gives a reason that rows share once, and pairs without the first row', () => {
    const race = played(recordedRace('busyMachine'));
    assert.deepEqual(resultsTable(race, 'forward').remarks, [
      'PyTorch bmm, JAX jit, JAX jit + vmap: inconclusive: other programs took 1.4 of 2 cores while it was measured.',
    ]);
    assert.deepEqual(resultsTable(race, 'training').remarks, [
      'JAX jit + vmap against PyTorch bmm: 0.89× as fast (0.85–0.94×), slower.',
    ]);
  });
});

describe('intervals', () => {
  it('name a shared unit once', () => {
    assert.equal(secondsInterval([380e-6, 391e-6]), '380–391 µs');
    assert.equal(secondsInterval([990e-6, 1.02e-3]), '990 µs – 1.02 ms');
    assert.equal(secondsInterval([1, 2.5]), '1–2.5 s');
  });

  it('of a speed-up run from low to high', () => {
    assert.equal(speedupInterval([0.4, 0.5]), '2–2.5×');
  });
});
