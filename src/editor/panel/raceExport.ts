/** A race on its way out of the panel: to the clipboard, to a file, or as the source of one variant. */
import * as vscode from 'vscode';
import { raceMarkdown } from '../../protocol';
import { baseName } from '../race/raceTarget';
import type { RaceRun } from '../race/raceRun';
import { SOURCES } from '../virtualDocuments';
import type { VirtualDocuments } from '../virtualDocuments';

export async function copyAsMarkdown({ state }: RaceRun): Promise<void> {
  await vscode.env.clipboard.writeText(`${raceMarkdown(state)}\n`);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) The race is on the clipboard, as Markdown'), 3000);
}

/** The report, where the reader says. Null where there is none: the race failed before it had numbers. */
export async function exportAsJson({ state, target }: RaceRun): Promise<void> {
  if (!state.report) return;
  const name = `${baseName(target.uri).replace(/\.\w+$/, '')}.${target.qualname}.race.json`;
  const folder = vscode.workspace.getWorkspaceFolder(target.uri)?.uri ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  const chosen = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    filters: { JSON: ['json'] },
    saveLabel: vscode.l10n.t('Export'),
  });
  if (!chosen) return;
  const text = `${JSON.stringify(state.report, null, 2)}\n`;
  await vscode.workspace.fs.writeFile(chosen, new TextEncoder().encode(text));
}

/** What was run for one variant. */
export async function showVariantSource({ state }: RaceRun, name: string, documents: VirtualDocuments): Promise<void> {
  const row = state.rows.find((each) => each.name === name);
  if (!row || row.source === '') return;
  const uri = documents.put(SOURCES, `${state.id}/${row.name}.py`, row.source);
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One, preview: true });
}
