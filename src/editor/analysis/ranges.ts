/** From the core's offsets to VS Code's places; both count UTF-16 units. */
import * as vscode from 'vscode';

export interface OffsetSpan {
  readonly start: number;
  readonly end: number;
}

export function rangeOf(document: vscode.TextDocument, span: OffsetSpan): vscode.Range {
  return new vscode.Range(document.positionAt(span.start), document.positionAt(span.end));
}

export function editOf(
  document: vscode.TextDocument,
  edits: readonly (OffsetSpan & { readonly newText: string })[],
): vscode.WorkspaceEdit {
  const result = new vscode.WorkspaceEdit();
  result.set(
    document.uri,
    edits.map((each) => vscode.TextEdit.replace(rangeOf(document, each), each.newText)),
  );
  return result;
}
