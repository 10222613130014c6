/** Quick fixes of findings, and the comment that silences one. */
import * as vscode from 'vscode';
import type { Finding, Fix } from '../../core';
import type { Analysis } from '../analysis/analysis';
import type { Snapshot } from '../analysis/snapshot';
import { COMMANDS } from '../commands';
import { diagnosticOf } from '../hints/findingDiagnostics';
import type { RuleDocumentation } from '../hints/findingDiagnostics';
import { EditAction } from './editAction';

export interface ActionScene {
  readonly snapshot: Snapshot;
  readonly analysis: Analysis;
  readonly documentation: RuleDocumentation;
  readonly isDrawn: (finding: Finding) => boolean;
}

/** A hint's fixes are quick fixes; what only the lightbulb offers is a rewrite, without a mark in the code. */
export function findingActions(scene: ActionScene, finding: Finding): vscode.CodeAction[] {
  const { snapshot, analysis, documentation } = scene;
  const isHint = scene.isDrawn(finding);
  const kind = isHint ? vscode.CodeActionKind.QuickFix : vscode.CodeActionKind.RefactorRewrite;
  // A fix without edits is offered elsewhere: the translation to JAX, with every function that can be raced.
  const edits = finding.fixes.filter((fix) => fix.edits.length > 0).map((fix) => fixAction(scene, fix, kind));
  // Advice without an edit is there to be read.
  const fixes =
    finding.fixes.length === 0 && finding.severity !== 'error' ? [adviceAction(scene, finding, kind)] : edits;
  if (!isHint) return fixes;
  const suppress = new EditAction(
    vscode.l10n.t('Suppress {0} for this line', finding.code),
    vscode.CodeActionKind.QuickFix,
    snapshot,
    [analysis.core.suppressionEdit(analysis.file, finding)],
  );
  const actions = [...fixes, suppress];
  const diagnostic = diagnosticOf(snapshot, finding, analysis.core, documentation);
  for (const action of actions) action.diagnostics = [diagnostic];
  return actions;
}

/** Longer titles are cut by the menu. */
const LONGEST_TITLE = 96;

/** What a rule says here, and its page behind it. */
function adviceAction(
  { analysis, documentation }: ActionScene,
  { code, message }: Finding,
  kind: vscode.CodeActionKind,
): vscode.CodeAction {
  const title = shortened(`${code}: ${message.replaceAll('`', '')}`);
  const action = new vscode.CodeAction(title, kind);
  const page = documentation(analysis.core.documentationPath(code));
  action.command = { title, command: 'markdown.showPreview', arguments: [page] };
  return action;
}

/** A whole sentence, or what stands before its colon, where that has room. */
function shortened(said: string): string {
  if (said.length <= LONGEST_TITLE) return said;
  const [clause = ''] = /^\w+: [^:;]*(?=[:;] )/.exec(said) ?? [];
  return clause !== '' && clause.length <= LONGEST_TITLE ? clause : `${said.slice(0, LONGEST_TITLE - 1).trimEnd()}…`;
}

/** Only a safe fix may be applied without a look; one that is there to be read opens as a comparison. */
export function fixAction({ snapshot }: ActionScene, fix: Fix, kind: vscode.CodeActionKind): vscode.CodeAction {
  const title = fix.applicability === 'unsafe' ? vscode.l10n.t('{0} (unsafe)', fix.title) : fix.title;
  if (fix.applicability === 'display') {
    const action = new vscode.CodeAction(title, kind);
    const { document, version, start } = snapshot.part;
    const edits = fix.edits.map((each) => ({ ...each, start: each.start - start, end: each.end - start }));
    action.command = { title, command: COMMANDS.previewFix, arguments: [document.uri, version, { ...fix, edits }] };
    return action;
  }
  const action = new EditAction(title, kind, snapshot, fix.edits);
  action.isPreferred = fix.applicability === 'safe' && kind.contains(vscode.CodeActionKind.QuickFix);
  return action;
}
