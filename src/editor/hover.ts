/** What an operation computes, with which shapes and at what cost, and where these were learned. */
import * as vscode from 'vscode';
import type { AnalysisService } from './analysis/analysisService';
import { uriOf } from './analysis/otherSources';
import { rangeOf } from './analysis/ranges';
import { PYTHON } from './languages';
import { isEnabled } from './settings';

export function registerHover(analyses: AnalysisService): vscode.Disposable {
  return vscode.languages.registerHoverProvider(PYTHON, {
    async provideHover(document, position) {
      if (!isEnabled('hover', document)) return null;
      const snapshot = await analyses.upToDate(document);
      if (!snapshot?.analysis) return null;
      const { core, file } = snapshot.analysis;
      const linkTo = (other: string | null, line: number): string =>
        (other === null ? document.uri : uriOf(other)).with({ fragment: `L${line}` }).toString();
      const explanation = core.explainAt(file, document.offsetAt(position), linkTo);
      if (!explanation) return null;
      // Neither trusted nor HTML: what the reader's file says stays text.
      return new vscode.Hover(new vscode.MarkdownString(explanation.markdown), rangeOf(document, explanation));
    },
  });
}
