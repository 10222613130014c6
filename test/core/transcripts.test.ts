/** The golden transcripts, which the runner's tests read as well: both languages hold to the same words. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { Command, newRace, parseEvent, reduceRace } from '../../src/protocol';
import type { RaceState } from '../../src/protocol';
import { ROOT } from './support/analyze';

const lines = (name: string): readonly string[] =>
  readFileSync(path.join(ROOT, 'test/fixtures/protocol', name), 'utf8')
    .trim()
    .split('\n');

describe('protocol transcripts', () => {
  it('holds commands of the form that clients send', () => {
    const commands = lines('commands.jsonl').map((line) => v.parse(Command, JSON.parse(line)));
    assert.deepEqual(new Set(commands.map((each) => each.type)), new Set(['open', 'race', 'cancel', 'close']));
  });

  it('holds events of the form that clients read', () => {
    for (const line of lines('events.jsonl')) {
      const result = parseEvent(line);
      assert.ok(result.ok, `${line.slice(0, 120)}: ${result.ok ? '' : result.reason}`);
    }
  });

  it('loses nothing between event and JSON', () => {
    for (const line of lines('events.jsonl')) {
      const result = parseEvent(line);
      assert.ok(result.ok);
      assert.deepEqual(JSON.parse(JSON.stringify(result.event)), JSON.parse(line));
    }
  });

  it('folds into a race that is done', () => {
    const events = lines('events.jsonl').flatMap((line) => {
      const result = parseEvent(line);
      return result.ok ? [result.event] : [];
    });
    const ids = new Set(events.flatMap((each) => ('race' in each && each.race !== null ? [each.race] : [])));
    const ends = [...ids].map((id) => events.reduce<RaceState>(reduceRace, newRace(id)));
    assert.ok(ends.some((each) => each.status === 'done' && each.comparisons.length > 0));
    assert.ok(ends.every((each) => each.status !== 'running'));
  });

  it('refuses what is no event', () => {
    for (const line of ['', 'garbage', '{}', '{"type":"row"}', '[1]', '{"type":"nothing"}']) {
      assert.equal(parseEvent(line).ok, false);
    }
  });
});
