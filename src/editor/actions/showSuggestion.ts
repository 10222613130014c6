/** A lens's suggestion: the cursor at its place, and the lightbulb's menu. */
import * as vscode from 'vscode';
import type { AnalysisService } from '../analysis/analysisService';
import { reveal } from '../reveal';

export async function showSuggestion(uri: vscode.Uri, offset: number, analyses: AnalysisService): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = analyses.positionNow(document, offset);
  const shown = vscode.window.visibleTextEditors.find((each) => each.document === document);
  await reveal(document, new vscode.Range(at, at), shown?.viewColumn);
  await vscode.commands.executeCommand('editor.action.quickFix');
}
