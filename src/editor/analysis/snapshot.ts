/** What is known of one version of a document. Offsets are those of the text that was analysed. */
import type { Finding, RaceSubject, RuleLayer } from '../../core';
import type { Analysis } from './analysis';
import { raceDigest } from './raceDigest';
import type { Part, Reading } from './source';

/** What is known of a text that was analysed. */
export interface Analyzed extends Reading {
  /** Null where nothing is to be found, or the text is too large or too tangled. */
  readonly analysis: Analysis | null;
  readonly findings: readonly Finding[];
  readonly subjects: readonly RaceSubject[];
  /** What the project says of the rules; null: nothing. */
  readonly projectRules: RuleLayer | null;
}

/** The findings and subjects are those of the document; the rest speaks of its whole notebook, if it is a cell. */
export interface Snapshot extends Analyzed {
  /** The document, in its version, and where in the text it stands. */
  readonly part: Part;
}

export function nothingFound(reading: Reading): Analyzed {
  return { ...reading, analysis: null, findings: [], subjects: [], projectRules: null };
}

export function snapshotOf(analyzed: Analyzed, part: Part): Snapshot {
  const isInside = ({ start }: { readonly start: number }): boolean => start >= part.start && start <= part.end;
  const { findings, subjects } = analyzed;
  return { ...analyzed, part, findings: findings.filter(isInside), subjects: subjects.filter(isInside) };
}

/** Names the present code of what is raced. */
export function bodyDigest({ analysis, text }: Snapshot, subject: RaceSubject): string {
  return analysis ? raceDigest(text, analysis.file, subject) : '';
}
