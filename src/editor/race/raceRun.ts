/** One race from its start to its end, folded from the runner's events. */
import { raceFromReport, reduceRace } from '../../protocol';
import type { FormValues, RaceState, RunnerEvent } from '../../protocol';
import type { RaceTarget } from './raceTarget';
import * as vscode from 'vscode';
import { newRecord } from './raceRecord';
import type { RaceRecord } from './raceRecord';

export interface RaceRun {
  readonly target: RaceTarget;
  /** Of the function's code as it is raced. */
  readonly digest: string;
  readonly values: FormValues;
  readonly synthetic: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Variants that could not be asked for, in words; they go with the race's own notes. */
  readonly remarks: readonly string[];
  readonly state: RaceState;
}

/** The events that the panel and the record are to see: the runner's, with our remarks where it has its own. */
export function withRemarks(event: RunnerEvent, remarks: readonly string[]): readonly RunnerEvent[] {
  if (event.type === 'started') {
    return [event, ...remarks.map((text) => ({ type: 'note', race: event.race, text }) as const)];
  }
  if (event.type === 'report') {
    return [{ ...event, report: { ...event.report, notes: [...event.report.notes, ...remarks] } }];
  }
  return [event];
}

export function advanced(run: RaceRun, event: RunnerEvent): RaceRun {
  return { ...run, state: reduceRace(run.state, event) };
}

export function isRunning(run: RaceRun): boolean {
  return run.state.status === 'running';
}

/** Null while there is no report. */
export function recordOf(run: RaceRun): RaceRecord | null {
  const { target, digest, values, synthetic, startedAt, state } = run;
  if (!state.report) return null;
  const { uri, qualname } = target;
  return newRecord({
    ...{ id: state.id, uri: uri.toString(), qualname, digest, values, synthetic, startedAt },
    report: state.report,
  });
}

export function runOf(record: RaceRecord): RaceRun {
  const { id, uri, qualname, digest, values, synthetic, startedAt, report } = record;
  const target = { uri: vscode.Uri.parse(uri), qualname };
  return { target, digest, values, synthetic, startedAt, remarks: [], state: raceFromReport(id, report) };
}
