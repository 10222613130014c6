/**
 * The Python Environments extension, where it is installed: its API as its package
 * `@vscode/python-environments` declares it, no more than is used here. No dependency on the extension: it would
 * block hosts that lack it.
 */
import * as vscode from 'vscode';
import type { Log } from '../log';
import type { InterpreterSource, Resolution } from './interpreter';

const ID = 'ms-python.vscode-python-envs';

interface EnvironmentsApi {
  getEnvironment(scope: vscode.Uri | undefined): Promise<PythonEnvironment | undefined>;
  readonly onDidChangeEnvironment: vscode.Event<unknown>;
}

interface PythonEnvironment {
  readonly execInfo?: { readonly run?: { readonly executable?: string; readonly args?: readonly string[] } };
}

export class PythonEnvironmentsSource implements InterpreterSource, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private subscription: vscode.Disposable | null = null;
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: Log) {}

  async resolve(file: vscode.Uri): Promise<Resolution | null> {
    try {
      const environment = await (await this.api())?.getEnvironment(file);
      const run = environment?.execInfo?.run;
      if (!run?.executable) return null;
      const command = [run.executable, ...(run.args ?? [])] as const;
      return { kind: 'interpreter', interpreter: { command, origin: 'Python Environments extension' } };
    } catch (error) {
      this.log.warn(`${ID} could not tell the interpreter: ${String(error)}`);
      return null;
    }
  }

  dispose(): void {
    this.subscription?.dispose();
    this.changed.dispose();
  }

  private async api(): Promise<EnvironmentsApi | null> {
    const extension = vscode.extensions.getExtension<EnvironmentsApi | undefined>(ID);
    if (!extension) return null;
    // It exports nothing where `python.useEnvironmentsExtension` is off.
    const api = extension.isActive ? extension.exports : await extension.activate();
    if (typeof api?.getEnvironment !== 'function') return null;
    this.subscription ??= api.onDidChangeEnvironment(() => {
      this.changed.fire();
    });
    return api;
  }
}
