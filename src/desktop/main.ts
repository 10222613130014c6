/** Entry of the desktop extension: gives the editor processes, of which none starts without trust. */
import path from 'node:path';
import * as vscode from 'vscode';
import { ChannelLog, activateEditor } from '../editor';
import { DesktopInterpreters } from './vscode/desktopInterpreters';
import { DesktopJaxEnvironments } from './vscode/desktopJaxEnvironments';
import { DesktopRaces } from './vscode/desktopRaces';

export function activate(context: vscode.ExtensionContext): void {
  const channel = vscode.window.createOutputChannel('Matmul Lens', { log: true });
  const { version } = context.extension.packageJSON as { readonly version: string };
  const log = new ChannelLog(channel, version);
  const storage = context.globalStorageUri.fsPath;
  const mayStart = () => vscode.workspace.isTrusted;
  const races = new DesktopRaces({ runner: path.join(context.extensionPath, 'runner'), storage, mayStart });
  const closing = new AbortController();
  const close = new vscode.Disposable(() => {
    closing.abort();
  });
  context.subscriptions.push(channel, races, close);
  activateEditor(
    context,
    {
      races,
      interpreters: new DesktopInterpreters(storage, mayStart, closing.signal),
      jaxEnvironments: new DesktopJaxEnvironments(storage, mayStart, closing.signal),
    },
    log,
  );
}
