/** What a race decides of the fixes of one function. */
import assert from 'node:assert/strict';
import { REWRITE, rewriteOutcome } from '../../src/protocol';
import type { Comparison } from '../../src/protocol';
import { played, recordedRace } from './recordedRaces';

const { rows } = played(recordedRace('mlpComplete'));

const compared = (mode: 'forward' | 'training', verdict: Comparison['verdict'], b = REWRITE): Comparison => ({
  ...{ a: 'torch-eager', b, mode, verdict },
  ...{ ratio: 1, ci: [0.9, 1.1], reason: null },
});
const outcome = (...comparisons: readonly Comparison[]) => rewriteOutcome({ variants: rows, comparisons });

describe('the outcome of a rewrite', () => {
  it('is a gain where it is faster in one mode and slower in none', () => {
    assert.equal(outcome(compared('forward', 'faster'), compared('training', 'inconclusive')), 'gains');
    assert.equal(outcome(compared('forward', 'faster'), compared('training', 'slower')), 'loses');
  });

  it('is none where there is no difference in any mode', () => {
    assert.equal(outcome(compared('forward', 'no difference'), compared('training', 'no difference')), 'loses');
    assert.equal(outcome(compared('forward', 'no difference'), compared('training', 'inconclusive')), null);
  });

  it('is open where nothing was decided, or no rewrite was raced', () => {
    assert.equal(outcome(compared('forward', 'inconclusive')), null);
    assert.equal(outcome(compared('forward', 'faster', 'jax-jit')), null);
    assert.equal(outcome(), null);
  });
});
