/** What can be done with the function around the cursor: translate it, race it. */
import * as vscode from 'vscode';
import { lineOf } from '../analysis/ranges';
import { COMMANDS } from '../commands';
import { isCell } from '../languages';
import type { ActionScene } from './findingActions';

export const CONVERT_KIND = vscode.CodeActionKind.RefactorRewrite.append('jax');
export const RACE_KIND = vscode.CodeActionKind.Refactor.append('race');

export function functionActions({ snapshot, analysis }: ActionScene, line: number): vscode.CodeAction[] {
  const { document } = snapshot.part;
  const subject = analysis.core.subjectAtLine(analysis.file, lineOf(snapshot, line) + 1);
  if (!subject) return [];
  const { qualname } = subject;
  return [
    commandAction(vscode.l10n.t('Convert {0} to JAX', qualname), CONVERT_KIND, COMMANDS.convertToJax),
    ...(isCell(document.uri)
      ? []
      : [commandAction(vscode.l10n.t('Race {0}', qualname), RACE_KIND, COMMANDS.benchmark)]),
  ];

  function commandAction(title: string, kind: vscode.CodeActionKind, command: string): vscode.CodeAction {
    const action = new vscode.CodeAction(title, kind);
    action.command = { title, command, arguments: [document.uri, qualname] };
    return action;
  }
}
