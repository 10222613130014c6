/** An action that edits documents as they were analysed. Chosen when they have changed since, it does nothing, and says so. */
import * as vscode from 'vscode';
import type { Edit } from '../../core';
import { editOf, placeOf } from '../analysis/ranges';
import type { Snapshot } from '../analysis/snapshot';

export class EditAction extends vscode.CodeAction {
  constructor(
    title: string,
    kind: vscode.CodeActionKind,
    private readonly snapshot: Snapshot,
    private readonly edits: readonly Edit[],
  ) {
    super(title, kind);
  }

  /** Puts the edit into it, as late as VS Code asks for it. */
  resolve(): void {
    const { snapshot, edits } = this;
    const changed = edits.map((each) => placeOf(snapshot, each).document).find((each) => !isAsAnalyzed(snapshot, each));
    if (changed) tellChanged(changed);
    else this.edit = editOf(snapshot, edits);
  }
}

export function tellChanged({ uri }: vscode.TextDocument): void {
  const name = vscode.workspace.asRelativePath(uri);
  void vscode.window.showWarningMessage(
    vscode.l10n.t('{0} has changed since it was analysed: nothing was edited. Ask for its fixes again.', name),
  );
}

function isAsAnalyzed({ parts }: Snapshot, document: vscode.TextDocument): boolean {
  return !document.isClosed && parts.some((each) => each.document === document && each.version === document.version);
}
