/** `source.fixAll.matmulLens`: every safe fix of a document that holds beside the others, also when it is saved. */
import * as vscode from 'vscode';
import type { Analysis } from '../analysis/analysis';
import type { Snapshot } from '../analysis/snapshot';
import type { HeardFindings } from '../hints/heardFindings';
import { EditAction } from './editAction';

export const FIX_ALL_KIND = vscode.CodeActionKind.SourceFixAll.append('matmulLens');

/** Of what is drawn alone: what the lightbulb offers is for somebody to choose. */
export function fixAllActions(
  snapshot: Snapshot,
  { core }: Analysis,
  { findings, isDrawn }: HeardFindings,
): vscode.CodeAction[] {
  const chosen = core.fixesTogether(findings.filter(isDrawn), 'safe');
  if (chosen.length === 0) return [];
  const edits = chosen.flatMap(({ fix }) => fix.edits);
  return [new EditAction(vscode.l10n.t('Apply all safe fixes of Matmul Lens'), FIX_ALL_KIND, snapshot, edits)];
}
