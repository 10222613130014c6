/** What is known of one version of a document. */
import type { Finding, RaceSubject, Span } from '../../core';
import type { Analysis } from './analysis';
import { digest } from '../digest';

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

/** Names the present code of what is raced: of a function, or of the whole class, whose constructor runs as well. */
export function bodyDigest(snapshot: Snapshot, subject: RaceSubject): string {
  const { start, end } = definitionOf(snapshot, subject);
  // An editor may change the line ends of a whole file without changing any code.
  return digest(snapshot.text.slice(start, end).replace(/\r\n?/g, '\n'));
}

export function definitionOf({ analysis }: Snapshot, subject: RaceSubject): Span {
  if (subject.kind === 'function') return subject.body;
  const [name] = subject.qualname.split('.');
  return analysis?.file.session.file.facts.classes.find((each) => each.qualname === name)?.statement ?? subject.body;
}
