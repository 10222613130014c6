/** The recorded races of `fixtures/`, checked against the protocol's schemas before a test believes them. */
import assert from 'node:assert/strict';
import * as v from 'valibot';
import { FormValues, RunnerEvent } from '../../src/protocol';
import type { PanelState, RaceState } from '../../src/protocol';
import { newPage, reducePage } from '../../src/webview/model/page';
import busyMachine from './fixtures/busy-machine.json';
import jaxAbsent from './fixtures/jax-absent.json';
import mlpComplete from './fixtures/mlp-complete.json';

export interface RecordedRace {
  readonly state: PanelState;
  readonly events: readonly RunnerEvent[];
}

interface Recording {
  readonly state: object;
  readonly events: readonly unknown[];
}

/** The recordings as they lie on disk. */
export const RECORDINGS: Readonly<Record<'mlpComplete' | 'busyMachine' | 'jaxAbsent', Recording>> = {
  mlpComplete,
  busyMachine,
  jaxAbsent,
};

export function recordedRace(name: keyof typeof RECORDINGS): RecordedRace {
  const recording = RECORDINGS[name];
  const state = recording.state as PanelState;
  if (state.form) v.parse(FormValues, state.form);
  return { state, events: recording.events.map((event) => v.parse(RunnerEvent, event)) };
}

/** The race after its events up to and with the first that `last` accepts; after all of them without it. */
export function played(recorded: RecordedRace, last?: (event: RunnerEvent) => boolean): RaceState {
  const end = last ? recorded.events.findIndex(last) : recorded.events.length - 1;
  assert.notEqual(end, -1, 'the recording has no such event');
  let page = reducePage(newPage(null), { type: 'state', state: recorded.state });
  for (const event of recorded.events.slice(0, end + 1)) page = reducePage(page, { type: 'event', event });
  assert.ok(page.panel?.race);
  return page.panel.race;
}

/** Accepts the phase event of this round of this mode. */
export function round(mode: string, number: number): (event: RunnerEvent) => boolean {
  return (event) => event.type === 'phase' && event.mode === mode && event.round === number;
}
