/** Comparisons that are shown before anything is changed, beside the source. */
import * as vscode from 'vscode';
import { tellChanged } from '../actions/editAction';
import { loadCore } from '../analysis/analysis';
import type { Fix } from '../../core';
import { baseName } from '../race/raceTarget';
import { PREVIEWS } from '../virtualDocuments';
import type { VirtualDocuments } from '../virtualDocuments';

/** A document before and after a fix that is there to be read. */
export async function previewFix(
  uri: vscode.Uri,
  version: number,
  fix: Fix,
  documents: VirtualDocuments,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  if (document.version !== version) {
    tellChanged(document);
    return;
  }
  const after = documents.put(
    PREVIEWS,
    `fixed/${baseName(uri)}`,
    (await loadCore()).applyEdits(document.getText(), [fix]),
  );
  await vscode.commands.executeCommand('vscode.diff', uri, after, fix.title, BESIDE);
}

/** Standalone source of an equivalent. */
export async function previewSource(title: string, source: string, documents: VirtualDocuments): Promise<void> {
  const uri = documents.put(PREVIEWS, `${title.replaceAll('/', ' ')}.py`, source);
  await vscode.window.showTextDocument(uri, BESIDE);
}

export const BESIDE: vscode.TextDocumentShowOptions = {
  viewColumn: vscode.ViewColumn.Beside,
  preview: true,
  preserveFocus: true,
};
