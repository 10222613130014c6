/**
 * Findings in the code: three dots under it, never a warning; only what certainly fails is an error. And `# shape:`
 * comments that cannot be read.
 */
import * as vscode from 'vscode';
import type { CommentProblem, Finding } from '../../core';
import type { Core } from '../analysis/analysis';
import type { AnalysisService } from '../analysis/analysisService';
import { placeOf, rangeOf } from '../analysis/ranges';
import type { Snapshot } from '../analysis/snapshot';
import { affects, isEnabled } from '../settings';
import type { Hearing } from './heardFindings';
import { SOURCE } from './source';

/** The page of a rule, by its path in the extension. */
export type RuleDocumentation = (path: string) => vscode.Uri;

export class FindingDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('matmulLens');
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(
    private readonly analyses: AnalysisService,
    private readonly documentation: RuleDocumentation,
    private readonly hearing: Hearing,
  ) {
    this.subscriptions = [
      analyses.onDidAnalyze((documents) => {
        for (const document of documents) this.show(document);
      }),
      analyses.onDidForget((uri) => {
        this.collection.delete(uri);
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (affects(change, 'hints') || affects(change, 'rules')) this.showAll();
      }),
      hearing.onDidChange(() => {
        this.showAll();
      }),
    ];
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    this.collection.dispose();
  }

  private showAll(): void {
    for (const document of vscode.workspace.textDocuments) this.show(document);
  }

  private show(document: vscode.TextDocument): void {
    const snapshot = this.analyses.latest(document);
    // The next snapshot of an edited document is on its way; until then VS Code moves the marks along.
    if (snapshot && snapshot.part.version !== document.version) return;
    this.collection.set(document.uri, snapshot && isEnabled('hints', document) ? this.diagnostics(snapshot) : []);
  }

  private diagnostics(snapshot: Snapshot): vscode.Diagnostic[] {
    const { analysis, part } = snapshot;
    if (!analysis) return [];
    const { core, file } = analysis;
    const { findings, isDrawn } = this.hearing.of(snapshot);
    const shown = findings.filter(isDrawn);
    const problems = core.commentProblemsOf(file).filter((each) => each.start >= part.start && each.end <= part.end);
    return [
      ...shown.map((each) => diagnosticOf(snapshot, each, core, this.documentation)),
      ...problems.map((each) => commentDiagnostic(snapshot, each, this.documentation)),
    ];
  }
}

export function diagnosticOf(
  snapshot: Snapshot,
  finding: Finding,
  core: Core,
  documentation: RuleDocumentation,
): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(snapshot, finding), finding.message, SEVERITIES[finding.severity]);
  diagnostic.source = SOURCE;
  diagnostic.code = { value: finding.code, target: documentation(core.documentationPath(finding.code)) };
  diagnostic.relatedInformation = finding.related.map((each) => {
    const { document, range } = placeOf(snapshot, each);
    return new vscode.DiagnosticRelatedInformation(new vscode.Location(document.uri, range), each.message);
  });
  return diagnostic;
}

/** A comment that says nothing to this tool although it means to. */
function commentDiagnostic(
  snapshot: Snapshot,
  problem: CommentProblem,
  documentation: RuleDocumentation,
): vscode.Diagnostic {
  const { Information } = vscode.DiagnosticSeverity;
  const diagnostic = new vscode.Diagnostic(rangeOf(snapshot, problem), problem.message, Information);
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
