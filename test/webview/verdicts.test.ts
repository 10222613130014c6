import assert from 'node:assert/strict';
import type { RaceState } from '../../src/protocol';
import { phaseText, progressShare, statusText } from '../../src/webview/model/activity';
import { Announcer, announcement } from '../../src/webview/model/announcement';
import { verdictLines } from '../../src/webview/model/verdicts';
import { played, recordedRace, round } from './recordedRaces';

const mlp = recordedRace('mlpComplete');
const kinds = (race: RaceState) => verdictLines(race).map((line) => line.kind);

describe('verdict lines', () => {
  it('are there from the first row on, one a mode, and never fewer', () => {
    for (const event of mlp.events.slice(mlp.events.findIndex((each) => each.type === 'started'))) {
      assert.equal(verdictLines(played(mlp, (each) => each === event)).length, 2);
    }
  });

  it('say nothing of a mode before all its rows are final', () => {
    assert.deepEqual(kinds(played(mlp, round('forward', 12))), ['pending', 'pending']);
    assert.deepEqual(kinds(played(mlp, round('training', 12))), ['original', 'pending']);
    assert.deepEqual(kinds(played(mlp)), ['original', 'winner']);
  });

  it('are the sentences of the protocol', () => {
    assert.deepEqual(
      verdictLines(played(mlp)).map((line) => line.text),
      [
        'Forward: PyTorch eager is fastest; the next best, JAX jit + vmap, takes 1.5× the time.',
        'Training step: JAX jit + vmap is 2.4× as fast as PyTorch eager (2.4× to 2.5×).',
      ],
    );
  });

  it('tell a tie from a withheld verdict', () => {
    assert.deepEqual(kinds(played(recordedRace('jaxAbsent'))), ['no difference', 'no difference']);
    assert.deepEqual(kinds(played(recordedRace('busyMachine'))), ['undecided', 'winner']);
  });

  it('are withheld when the race was broken off or failed', () => {
    const race = played(mlp, round('training', 12));
    assert.deepEqual(kinds({ ...race, status: 'cancelled' }), ['none', 'none']);
    assert.deepEqual(kinds({ ...race, status: 'failed' }), ['none', 'none']);
  });
});

describe('activity', () => {
  const now = Date.parse('2026-03-14T09:29:20Z');

  it('names what is being done', () => {
    assert.equal(phaseText(played(mlp, (event) => event.type === 'worker')), 'Importing PyTorch');
    assert.equal(phaseText({ ...played(mlp, (event) => event.type === 'hello') }), 'Starting');
    const prepare = played(mlp, (event) => event.type === 'phase' && event.variant === 'jax-jit');
    assert.equal(phaseText(prepare), 'Preparing JAX jit, forward: first call, then the check against float64');
  });

  it('counts rounds and seconds while racing', () => {
    const race = played(mlp, round('training', 4));
    assert.equal(statusText(race, now - 9500, now), 'Measuring training step, round 4 of at most 60 · 9 s');
    assert.equal(progressShare(race), 4 / 60);
    assert.equal(progressShare(played(mlp, (event) => event.type === 'started')), null);
  });

  it('tells what a result holds for', () => {
    assert.equal(statusText(played(mlp), null, now), 'Raced on CPU, AMD EPYC 7B13 · 1 thread · 18.4 s · 2 min ago');
  });

  it('tells a cancelled race from one that broke off', () => {
    const race: RaceState = { ...played(mlp, round('forward', 4)), status: 'cancelled' };
    assert.equal(statusText(race, null, now), 'Stopped before the end');
    const cancelled: RaceState = { ...race, failure: { kind: 'cancelled', message: 'Cancelled.' } };
    assert.equal(statusText(cancelled, now - 90_000, now), 'Cancelled · 1 min ago');
  });
});

describe('announcements', () => {
  it('do not count rounds', () => {
    const texts = [1, 4, 8, 12].map((number) => announcement(played(mlp, round('forward', number))));
    assert.deepEqual(new Set(texts), new Set(['Measuring forward.']));
  });

  it('end with the verdicts', () => {
    assert.match(announcement(played(mlp)), /^Forward: PyTorch eager .* Training step: JAX jit \+ vmap is 2\.4×/);
  });

  it('come at most once in a gap, and of those in between the last', () => {
    const said: string[] = [];
    let now = 0;
    const timers: { at: number; then: () => void }[] = [];
    const region = {
      text: null as string | null,
      get textContent() {
        return this.text;
      },
      set textContent(text: string | null) {
        this.text = text;
        said.push(`${now}: ${text}`);
      },
    };
    const announcer = new Announcer(
      region,
      { now: () => now, after: (milliseconds, then) => timers.push({ at: now + milliseconds, then }) },
      4000,
    );
    const until = (end: number) => {
      now = end;
      for (const timer of timers.splice(0)) {
        if (timer.at <= end) timer.then();
        else timers.push(timer);
      }
    };
    announcer.announce('Importing');
    until(100);
    for (const text of ['Loading', 'Preparing', 'Measuring', 'Measuring']) announcer.announce(text);
    until(4000);
    announcer.announce('Measuring');
    until(20_000);
    announcer.announce('Verdict');
    assert.deepEqual(said, ['0: Importing', '4000: Measuring', '20000: Verdict']);
  });
});
