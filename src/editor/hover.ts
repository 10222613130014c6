/** What an operation computes, with which shapes and at what cost, and where these were learned. */
import * as vscode from 'vscode';
import type { PlaceOfLine } from '../core';
import type { AnalysisService } from './analysis/analysisService';
import { uriOf } from './analysis/otherSources';
import { offsetOf, placeOf, rangeOf } from './analysis/ranges';
import { PYTHON } from './languages';
import { isEnabled } from './settings';

export function registerHover(analyses: AnalysisService): vscode.Disposable {
  return vscode.languages.registerHoverProvider(PYTHON, {
    async provideHover(document, position) {
      if (!isEnabled('hover', document)) return null;
      const snapshot = await analyses.upToDate(document);
      if (!snapshot?.analysis) return null;
      const { core, file } = snapshot.analysis;
      const placeOfLine: PlaceOfLine = (other, line) => {
        if (other !== null)
          return {
            line,
            link: uriOf(other)
              .with({ fragment: `L${line}` })
              .toString(),
          };
        const at = file.session.file.lines.lineStart(line - 1);
        const { document: own, range } = placeOf(snapshot, { start: at, end: at });
        const inOwn = range.start.line + 1;
        // The address of a cell ends in its own fragment.
        const link = own.uri.fragment === '' ? own.uri.with({ fragment: `L${inOwn}` }) : own.uri;
        return { line: inOwn, link: link.toString() };
      };
      const explanation = core.explainAt(file, offsetOf(snapshot, position), placeOfLine);
      if (!explanation) return null;
      // Neither trusted nor HTML: what the reader's file says stays text.
      return new vscode.Hover(new vscode.MarkdownString(explanation.markdown), rangeOf(snapshot, explanation));
    },
  });
}
