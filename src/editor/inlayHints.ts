/** Result shapes after the operations. Off until the reader asks for them. */
import * as vscode from 'vscode';
import type { AnalysisService } from './analysis/analysisService';
import { PYTHON } from './languages';
import { affects, isEnabled } from './settings';

export function registerInlayHints(analyses: AnalysisService): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider = vscode.languages.registerInlayHintsProvider(PYTHON, {
    onDidChangeInlayHints: changed.event,
    async provideInlayHints(document, range) {
      if (!isEnabled('inlayHints', document)) return [];
      const snapshot = await analyses.upToDate(document);
      if (!snapshot?.analysis) return [];
      const { core, file } = snapshot.analysis;
      return core.shapeLabels(file).flatMap(({ at, label }) => {
        const { part } = snapshot;
        const position = document.positionAt(at - part.start);
        if (at < part.start || at > part.end || !range.contains(position)) return [];
        // Without the arrow it would look like one more pair of brackets of the code.
        const hint = new vscode.InlayHint(position, `→ ${label}`, vscode.InlayHintKind.Type);
        hint.paddingLeft = true;
        // VS Code cuts a long label; here it stands in full.
        hint.tooltip = `Shape of the result: ${label}`;
        return [hint];
      });
    },
  });
  const configured = vscode.workspace.onDidChangeConfiguration((change) => {
    if (affects(change, 'inlayHints')) changed.fire();
  });
  return vscode.Disposable.from(provider, configured, changed);
}
