/** Puts the cursor at a place of the reader's code. */
import * as vscode from 'vscode';
import { isCell } from './languages';

/** A cell is shown in its notebook: as a document of its own it would open in an editor beside that. */
export async function reveal(
  document: vscode.TextDocument,
  selection: vscode.Range,
  viewColumn: vscode.ViewColumn | undefined,
): Promise<void> {
  const options = { ...(viewColumn === undefined ? {} : { viewColumn }), selection };
  if (isCell(document.uri)) await vscode.commands.executeCommand('vscode.open', document.uri, options);
  else await vscode.window.showTextDocument(document, options);
}
