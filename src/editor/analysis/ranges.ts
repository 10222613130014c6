/** From the core's offsets to VS Code's places and back; both count UTF-16 units. */
import * as vscode from 'vscode';
import type { Snapshot } from './snapshot';
import type { Part } from './source';

export interface OffsetSpan {
  readonly start: number;
  readonly end: number;
}

/** The range of a span that lies in the snapshot's own document. */
export function rangeOf({ part }: Snapshot, span: OffsetSpan): vscode.Range {
  return rangeIn(part, span);
}

/** The offset in the analysed text of a position in the snapshot's document. */
export function offsetOf({ part }: Snapshot, position: vscode.Position): number {
  return part.start + part.document.offsetAt(position);
}

/** The line of the analysed text, counted from 0, that is this line of the snapshot's document. */
export function lineOf({ part, analysis }: Snapshot, line: number): number {
  return line + (analysis?.file.session.file.lines.position(part.start).line ?? 0);
}

/** Where a span of the analysed text stands: another cell, perhaps, than the snapshot's. */
export function placeOf(
  { part, parts }: Snapshot,
  span: OffsetSpan,
): { readonly document: vscode.TextDocument; readonly range: vscode.Range } {
  const own = parts.find((each) => span.start >= each.start && span.start <= each.end) ?? part;
  return { document: own.document, range: rangeIn(own, span) };
}

/** Each edit goes to the document, or the cell, where its place is. */
export function editOf(
  snapshot: Snapshot,
  edits: readonly (OffsetSpan & { readonly newText: string })[],
): vscode.WorkspaceEdit {
  const result = new vscode.WorkspaceEdit();
  for (const each of edits) {
    const { document, range } = placeOf(snapshot, each);
    result.replace(document.uri, range, each.newText);
  }
  return result;
}

function rangeIn({ document, start }: Part, span: OffsetSpan): vscode.Range {
  return new vscode.Range(document.positionAt(span.start - start), document.positionAt(span.end - start));
}
