/** The jit, vmap and JAX equivalents that apply at one site. */
import * as vscode from 'vscode';
import { COMMANDS } from '../commands';
import { fixAction } from './findingActions';
import type { ActionScene } from './findingActions';

export function equivalentActions(scene: ActionScene, offset: number): vscode.CodeAction[] {
  const { core, file } = scene.analysis;
  return core.equivalentsAt(file, offset).flatMap(({ fix, source, title }) => {
    if (fix) return [fixAction(scene, fix, vscode.CodeActionKind.RefactorRewrite)];
    if (source === null) return [];
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.RefactorRewrite);
    action.command = { title, command: COMMANDS.previewSource, arguments: [title, source] };
    return [action];
  });
}
