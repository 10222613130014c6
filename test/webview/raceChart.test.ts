import assert from 'node:assert/strict';
import fc from 'fast-check';
import { timeScale } from '../../src/webview/model/chartScale';
import { chartCaption, chartTimeScale, raceChart } from '../../src/webview/model/raceChart';
import { played, recordedRace } from './recordedRaces';

describe('time axis', () => {
  const seconds = fc.double({ min: 1e-9, max: 1e3, noNaN: true });

  it('holds every time and has a few ascending ticks inside', () => {
    fc.assert(
      fc.property(
        fc.array(seconds, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 3, max: 12 }),
        (times, most) => {
          const scale = timeScale(times, most);
          assert.ok(scale);
          const [low, high] = scale.domain;
          assert.ok(times.every((time) => time >= low && time <= high));
          assert.ok(scale.ticks.length >= 1 && scale.ticks.length <= most, `${scale.ticks.length} ticks`);
          scale.ticks.forEach((tick, index) => {
            assert.ok(tick >= low && tick <= high);
            assert.ok(index === 0 || tick > (scale.ticks[index - 1] ?? Infinity));
          });
        },
      ),
    );
  });

  it('is logarithmic only beyond a decade, and linear from zero', () => {
    assert.equal(timeScale([1e-3, 1e-2], 6)?.type, 'linear');
    assert.equal(timeScale([1e-3, 1e-2], 6)?.domain[0], 0);
    assert.equal(timeScale([1e-3, 1.1e-2], 6)?.type, 'log');
  });

  it('ticks at 1, 2 and 5', () => {
    assert.deepEqual(timeScale([17e-6, 114e-6], 8)?.ticks, [0, 20e-6, 40e-6, 60e-6, 80e-6, 100e-6, 120e-6]);
    assert.deepEqual(timeScale([1e-3, 15e-3], 6)?.ticks, [1e-3, 2e-3, 5e-3, 10e-3]);
    assert.deepEqual(timeScale([1e-6, 1], 4)?.ticks, [1e-6, 1e-4, 1e-2, 1]);
  });

  it('is none without times', () => {
    assert.equal(timeScale([], 6), null);
    assert.equal(timeScale([0, NaN, Infinity], 6), null);
  });
});

describe('chart', () => {
  it('has the table’s rows in the table’s order, points only where there are numbers', () => {
    const chart = raceChart(played(recordedRace('busyMachine')), 'forward');
    assert.equal(chart.labels.length, 6);
    assert.deepEqual(
      chart.points.map((point) => chart.labels[point.index]),
      ['PyTorch eager', 'PyTorch bmm', 'JAX jit', 'JAX jit + vmap'],
    );
    for (const point of chart.points) assert.ok(point.low <= point.median && point.median <= point.high);
  });

  it('measures from the first row and says so when its axis is logarithmic', () => {
    const race = played(recordedRace('busyMachine'));
    const chart = raceChart(race, 'training');
    assert.equal(chart.baseline, race.rows.find((row) => row.mode === 'training')?.median_s);
    assert.equal(chartTimeScale(chart, 6)?.type, 'log');
    assert.match(chartCaption(chart), /logarithmic/);
    assert.doesNotMatch(chartCaption(raceChart(race, 'forward')), /logarithmic/);
  });

  it('keeps its rows while there is nothing to draw', () => {
    const chart = raceChart(
      played(recordedRace('mlpComplete'), (event) => event.type === 'started'),
      'forward',
    );
    assert.equal(chart.labels.length, 5);
    assert.deepEqual(chart.points, []);
    assert.equal(chartTimeScale(chart, 6), null);
  });
});
