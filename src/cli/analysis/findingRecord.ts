/** Findings as the command line prints them: lines from 1, columns from 0. */
import { LineIndex } from '../../core';
import type { Applicability, Finding, Severity } from '../../core';
import type { InCell, Placing } from './cells';

/** What columns count: bytes, as Python's `ast` does, or UTF-16 units, as editors do. */
export type Columns = 'utf8' | 'utf16';

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
  { text, placing }: { readonly text: string; readonly placing: Placing },
  columns: Columns,
): readonly InCell<FindingRecord>[] {
  if (findings.length === 0) return [];
  const lines = new LineIndex(text);
  const column = (offset: number): number =>
    columns === 'utf8' ? lines.utf8Column(offset) : lines.position(offset).column;
  const range = (start: number, end: number): Range => ({
    line: lines.position(start).line + 1,
    col: column(start),
    end_line: lines.position(end).line + 1,
    end_col: column(end),
  });
  return findings.map(({ start, end, code, name, severity, surface, message, fixes, related }) => ({
    ...placing(range(start, end)),
    ...{ code, name, severity, surface, message },
    fixes: fixes.map(({ title, applicability, edits }) => ({
      ...{ title, applicability },
      edits: edits.map((edit) => ({ ...placing(range(edit.start, edit.end)), new_text: edit.newText })),
    })),
    related: related.map((each) => ({ ...placing(range(each.start, each.end)), message: each.message })),
  }));
}
