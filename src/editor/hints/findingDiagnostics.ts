/**
 * Findings in the code: three dots under it, never a warning; only what certainly fails is an error. And `# shape:`
 * comments that cannot be read.
 */
import * as vscode from 'vscode';
import type { CommentProblem, Finding } from '../../core';
import type { Core } from '../analysis/analysis';
import type { AnalysisService } from '../analysis/analysisService';
import { rangeOf } from '../analysis/ranges';
import { affects, ignoredRules, isEnabled } from '../settings';

export const SOURCE = 'Matmul Lens';

/** The page of a rule, by its path in the extension. */
export type RuleDocumentation = (path: string) => vscode.Uri;

export class FindingDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('matmulLens');
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(
    private readonly analyses: AnalysisService,
    private readonly documentation: RuleDocumentation,
  ) {
    this.subscriptions = [
      analyses.onDidAnalyze((document) => {
        this.show(document);
      }),
      analyses.onDidForget((uri) => {
        this.collection.delete(uri);
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (!affects(change, 'hints') && !affects(change, 'rules')) return;
        for (const document of vscode.workspace.textDocuments) this.show(document);
      }),
    ];
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    this.collection.dispose();
  }

  private show(document: vscode.TextDocument): void {
    const snapshot = this.analyses.latest(document);
    // The next snapshot of an edited document is on its way; until then VS Code moves the marks along.
    if (snapshot?.version !== document.version) return;
    const { analysis } = snapshot;
    const ignored = ignoredRules(document);
    if (!analysis || !isEnabled('hints', document)) {
      this.collection.set(document.uri, []);
      return;
    }
    const { core, file } = analysis;
    const shown = snapshot.findings.filter((each) => each.surface === 'hint' && !ignored.has(each.code));
    this.collection.set(document.uri, [
      ...shown.map((each) => diagnosticOf(document, each, core, this.documentation)),
      ...core.commentProblemsOf(file).map((each) => commentDiagnostic(document, each, this.documentation)),
    ]);
  }
}

export function diagnosticOf(
  document: vscode.TextDocument,
  finding: Finding,
  core: Core,
  documentation: RuleDocumentation,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(document, finding), finding.message, SEVERITIES[finding.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = { value: finding.code, target: documentation(core.documentationPath(finding.code)) };
  return diagnostic;
}

/** A comment that says nothing to this tool although it means to. */
function commentDiagnostic(
  document: vscode.TextDocument,
  problem: CommentProblem,
  documentation: RuleDocumentation,
): vscode.Diagnostic {
  const { Information } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(rangeOf(document, problem), problem.message, Information);
  diagnostic.source = SOURCE;
  diagnostic.code = { value: 'shape-comment', target: documentation(SHAPES_PAGE) };
  return diagnostic;
}

const SHAPES_PAGE = 'docs/SHAPES.md';

const SEVERITIES: Readonly<Record<Finding['severity'], vscode.DiagnosticSeverity>> = {
  hint: vscode.DiagnosticSeverity.Hint,
  information: vscode.DiagnosticSeverity.Information,
  error: vscode.DiagnosticSeverity.Error,
};
