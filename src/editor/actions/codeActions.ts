/** The lightbulb. Edits are made of the document's present version only. */
import * as vscode from 'vscode';
import type { AnalysisService } from '../analysis/analysisService';
import { offsetOf } from '../analysis/ranges';
import type { Hearing } from '../hints/heardFindings';
import type { RuleDocumentation } from '../hints/findingDiagnostics';
import { PYTHON } from '../languages';
import { EditAction } from './editAction';
import { equivalentActions } from './equivalentActions';
import { findingActions } from './findingActions';
import { FIX_ALL_KIND, fixAllActions } from './fixAllAction';
import { CONVERT_KIND, RACE_KIND, functionActions } from './functionActions';

const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;
const KINDS = [QuickFix, RefactorRewrite, CONVERT_KIND, RACE_KIND, FIX_ALL_KIND];

export function registerCodeActions(
  analyses: AnalysisService,
  documentation: RuleDocumentation,
  hearing: Hearing,
): vscode.Disposable {
  return vscode.languages.registerCodeActionsProvider(
    PYTHON,
    {
      provideCodeActions: (document, range, context) =>
        codeActions(document, range, context, { analyses, documentation, hearing }),
      resolveCodeAction: (action) => {
        if (action instanceof EditAction) action.resolve();
        return action;
      },
    },
    { providedCodeActionKinds: KINDS },
  );
}

interface Parts {
  readonly analyses: AnalysisService;
  readonly documentation: RuleDocumentation;
  readonly hearing: Hearing;
}

async function codeActions(
  document: vscode.TextDocument,
  range: vscode.Range,
  context: vscode.CodeActionContext,
  { analyses, documentation, hearing }: Parts,
): Promise<vscode.CodeAction[]> {
  const snapshot = await analyses.upToDate(document);
  if (!snapshot?.analysis) return [];
  const { analysis } = snapshot;
  const heard = hearing.of(snapshot);
  const scene = { snapshot, analysis, documentation, isDrawn: heard.isDrawn };
  const [start, end] = [offsetOf(snapshot, range.start), offsetOf(snapshot, range.end)];
  const findings = heard.findings.filter((each) => each.start <= end && each.end >= start);
  const actions = [
    ...findings.flatMap((each) => findingActions(scene, each)),
    ...equivalentActions(scene, start),
    ...functionActions(scene, range.start.line),
    // Never without being asked for.
    ...(context.only?.contains(FIX_ALL_KIND) === true ? fixAllActions(snapshot, analysis, heard) : []),
  ];
  return withoutRepeats(actions).filter((each) => isWanted(each, context.only));
}

/** A rule's fix and a site's equivalent may be the same advice. */
function withoutRepeats(actions: readonly vscode.CodeAction[]): vscode.CodeAction[] {
  return actions.filter((each, index) => actions.findIndex((other) => other.title === each.title) === index);
}

function isWanted(action: vscode.CodeAction, only: vscode.CodeActionKind | undefined): boolean {
  return only === undefined || (action.kind !== undefined && only.contains(action.kind));
}
