/** What is known of one version of a document. */
import type { Finding, RaceSubject } from '../../core';
import type { Analysis } from './analysis';
import { raceDigest } from './raceDigest';

export interface Snapshot {
  readonly version: number;
  readonly text: string;
  /** Null where nothing is to be found, or the text is too large or too tangled. */
  readonly analysis: Analysis | null;
  readonly findings: readonly Finding[];
  readonly subjects: readonly RaceSubject[];
}

export function emptySnapshot(version: number, text: string): Snapshot {
  return { version, text, analysis: null, findings: [], subjects: [] };
}

/** Names the present code of what is raced. */
export function bodyDigest({ analysis, text }: Snapshot, subject: RaceSubject): string {
  return analysis ? raceDigest(text, analysis.file, subject) : '';
}
