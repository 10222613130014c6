/** Findings as the command line prints them: lines from 1, columns from 0 in UTF-8 bytes, as in Python's `ast`. */
import { LineIndex } from '../../core';
import type { Applicability, Finding, Severity } from '../../core';
import type { InCell, Placing } from './cells';

interface Range {
  readonly line: number;
  readonly col: number;
  readonly end_line: number;
  readonly end_col: number;
}

export interface FixRecord {
  readonly title: string;
  readonly applicability: Applicability;
  readonly edits: readonly InCell<Range & { readonly new_text: string }>[];
}

export interface FindingRecord extends Range {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly surface: Finding['surface'];
  readonly message: string;
  readonly fixes: readonly FixRecord[];
  /** Other places of the file that the message speaks of. */
  readonly related: readonly (Range & { readonly message: string })[];
}

export function findingRecords(
  findings: readonly Finding[],
  text: string,
  placing: Placing,
): readonly InCell<FindingRecord>[] {
  if (findings.length === 0) return [];
  const lines = new LineIndex(text);
  return findings.map(({ start, end, code, name, severity, surface, message, fixes, related }) => ({
    ...placing(range(start, end, lines)),
    ...{ code, name, severity, surface, message },
    fixes: fixes.map(({ title, applicability, edits }) => ({
      ...{ title, applicability },
      edits: edits.map((edit) => ({ ...placing(range(edit.start, edit.end, lines)), new_text: edit.newText })),
    })),
    related: related.map((each) => ({ ...placing(range(each.start, each.end, lines)), message: each.message })),
  }));
}

function range(start: number, end: number, lines: LineIndex): Range {
  return {
    line: lines.position(start).line + 1,
    col: lines.utf8Column(start),
    end_line: lines.position(end).line + 1,
    end_col: lines.utf8Column(end),
  };
}
