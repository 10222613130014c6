/** Writes the outcome of a race in the format that was asked for, and says what it means for the exit status. */
import { raceMarkdown } from '../../protocol';
import type { RaceState } from '../../protocol';
import { ExitStatus } from '../exitStatus';
import type { Terminal } from '../terminal';
import { writeOut } from '../writeOut';
import { failureText, problemsOf } from './raceFacts';
import { raceText } from './raceText';

export type Format = 'text' | 'json' | 'jsonl' | 'markdown';

export interface ReportOptions {
  readonly format: Format;
  /** A file; null for standard output. */
  readonly out: string | null;
  /** The events of the race as lines, where they go to a file; empty where they were printed as they came. */
  readonly streamed: readonly string[];
}

export async function reportRace(race: RaceState, options: ReportOptions, terminal: Terminal): Promise<ExitStatus> {
  const text = rendered(race, options, terminal);
  if (text !== '' && options.out !== null && !(await writeOut(options.out, text, terminal))) return ExitStatus.cannot;
  if (text !== '' && options.out === null) await terminal.print(text);
  // Where the result is data, or there is none, people still read what went wrong.
  if (isData(options.format) || text === '') {
    for (const { affected, failure } of problemsOf(race)) terminal.say(`${affected}: ${failureText(failure)}`);
  }
  if (race.failure) {
    terminal.complain(`the race was broken off: ${failureText(race.failure)}`);
    if (race.failure.detail) terminal.say(race.failure.detail);
  } else if (!race.rows.some(({ status }) => status === 'ok')) {
    terminal.complain('nothing could be raced');
  }
  return statusOf(race);
}

function isData(format: Format): boolean {
  return format === 'json' || format === 'jsonl';
}

function rendered(race: RaceState, { format, out, streamed }: ReportOptions, terminal: Terminal): string {
  const hasNumbers = race.rows.some(({ median_s }) => median_s !== null);
  switch (format) {
    case 'jsonl':
      return streamed.join('');
    case 'json':
      return race.report ? `${JSON.stringify(race.report, null, 2)}\n` : '';
    case 'markdown':
      return hasNumbers ? `${raceMarkdown(race)}\n` : '';
    case 'text':
      return hasNumbers ? raceText(race, out === null ? terminal.paint : (_look, text) => text) : '';
  }
}

function statusOf(race: RaceState): ExitStatus {
  if (race.rows.some(({ failure }) => failure?.kind === 'outputsDiffer')) return ExitStatus.found;
  if (race.failure) return ExitStatus.cannot;
  return race.rows.some(({ status }) => status === 'ok') ? ExitStatus.done : ExitStatus.cannot;
}
