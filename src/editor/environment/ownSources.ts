/** What the reader has told this extension, and what it finds by itself. */
import * as vscode from 'vscode';
import type { Interpreters } from '../ports/execution';
import { affects, interpreterSetting } from '../settings';
import type { InterpreterSource, Resolution } from './interpreter';

const CHOICE = 'interpreter';

/** The command *Select Interpreter*: remembered for the workspace, outside of its settings. */
export class ChosenInterpreter implements InterpreterSource, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly memento: vscode.Memento,
    private readonly interpreters: Interpreters,
  ) {
    // Who edits the setting wants it to hold.
    this.subscription = vscode.workspace.onDidChangeConfiguration((change) => {
      if (affects(change, 'python.interpreter')) void this.choose(null);
    });
  }

  get chosen(): string | null {
    return this.memento.get<string | null>(CHOICE, null);
  }

  async choose(executable: string | null): Promise<void> {
    if (executable === this.chosen) return;
    await this.memento.update(CHOICE, executable ?? undefined);
    this.changed.fire();
  }

  async resolve(file: vscode.Uri): Promise<Resolution | null> {
    const { chosen } = this;
    return chosen === null ? null : named(chosen, 'chosen here', file, this.interpreters);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

/** `matmulLens.python.interpreter`. */
export class InterpreterSetting implements InterpreterSource, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(private readonly interpreters: Interpreters) {
    this.subscription = vscode.workspace.onDidChangeConfiguration((change) => {
      if (affects(change, 'python.interpreter')) this.changed.fire();
    });
  }

  async resolve(file: vscode.Uri): Promise<Resolution | null> {
    const setting = interpreterSetting('python', file);
    return setting === null ? null : named(setting, 'matmulLens.python.interpreter', file, this.interpreters);
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

/** Virtual environments beside the code, then `PATH`. */
export class SearchedInterpreter implements InterpreterSource {
  readonly onDidChange: vscode.Event<void> = () => new vscode.Disposable(() => undefined);

  constructor(private readonly interpreters: Interpreters) {}

  async resolve(file: vscode.Uri): Promise<Resolution | null> {
    const [found] = await this.interpreters.search(folderOf(file));
    if (!found) return null;
    return { kind: 'interpreter', interpreter: { command: [found.executable], origin: found.origin } };
  }
}

async function named(name: string, origin: string, file: vscode.Uri, interpreters: Interpreters): Promise<Resolution> {
  const executable = await interpreters.locate(name, folderOf(file));
  if (executable === null) return { kind: 'missing', named: name, origin };
  return { kind: 'interpreter', interpreter: { command: [executable], origin } };
}

/** The workspace folder of a file; the first one for a file outside of all. */
export function folderOf(file: vscode.Uri): string | null {
  const folder = vscode.workspace.getWorkspaceFolder(file) ?? vscode.workspace.workspaceFolders?.[0];
  return folder?.uri.scheme === 'file' ? folder.uri.fsPath : null;
}
