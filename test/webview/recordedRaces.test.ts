import assert from 'node:assert/strict';
import * as v from 'valibot';
import { RunnerEvent } from '../../src/protocol';
import { RECORDINGS, played, recordedRace } from './recordedRaces';

describe('recorded races', () => {
  for (const name of ['mlpComplete', 'busyMachine', 'jaxAbsent'] as const) {
    it(`${name} has the protocol's form and nothing besides`, () => {
      for (const event of RECORDINGS[name].events) assert.deepEqual(v.parse(RunnerEvent, event), event);
    });

    it(`${name} ends with a report of every row it announced`, () => {
      const recorded = recordedRace(name);
      const started = recorded.events.find((event) => event.type === 'started');
      const race = played(recorded);
      assert.equal(race.status, 'done');
      assert.deepEqual(
        race.report?.variants.map((row) => [row.name, row.mode]),
        started?.rows.map((row) => [row.name, row.mode]),
      );
      for (const { a, b, mode } of race.comparisons)
        for (const row of [a, b]) assert.ok(race.rows.some((each) => each.name === row && each.mode === mode));
    });

    it(`${name} never takes a row away or changes the order of rows`, () => {
      const recorded = recordedRace(name);
      const order = played(recorded).rows.map((row) => `${row.name} ${row.mode}`);
      const from = recorded.events.findIndex((event) => event.type === 'started');
      for (const event of recorded.events.slice(from)) {
        const rows = played(recorded, (each) => each === event).rows;
        assert.deepEqual(
          rows.map((row) => `${row.name} ${row.mode}`),
          order,
        );
      }
    });
  }
});
