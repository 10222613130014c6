/** The Python extension, where it is installed: its API as `@vscode/python-extension` declares it. */
import * as vscode from 'vscode';
import type { Log } from '../log';
import type { InterpreterSource, Resolution } from './interpreter';

const ID = 'ms-python.python';

interface PythonApi {
  readonly environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): EnvironmentPath;
    resolveEnvironment(environment: EnvironmentPath): Promise<ResolvedEnvironment | undefined>;
    readonly onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

interface EnvironmentPath {
  readonly id: string;
  readonly path: string;
}

interface ResolvedEnvironment {
  /** No address where the environment has no interpreter of its own. */
  readonly executable: { readonly uri: vscode.Uri | undefined };
}

export class PythonExtensionSource implements InterpreterSource, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private subscription: vscode.Disposable | null = null;
  readonly onDidChange = this.changed.event;

  constructor(private readonly log: Log) {}

  async resolve(file: vscode.Uri): Promise<Resolution | null> {
    try {
      const environments = await this.environments();
      if (!environments) return null;
      const resolved = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(file));
      const executable = resolved?.executable.uri?.fsPath;
      if (!executable) return null;
      return { kind: 'interpreter', interpreter: { command: [executable], origin: 'Python extension' } };
    } catch (error) {
      this.log.warn(`${ID} could not tell the interpreter: ${String(error)}`);
      return null;
    }
  }

  dispose(): void {
    this.subscription?.dispose();
    this.changed.dispose();
  }

  private async environments(): Promise<PythonApi['environments'] | null> {
    const extension = vscode.extensions.getExtension<PythonApi | undefined>(ID);
    if (!extension) return null;
    const api = extension.isActive ? extension.exports : await extension.activate();
    const environments = api?.environments;
    if (typeof environments?.resolveEnvironment !== 'function') return null;
    this.subscription ??= environments.onDidChangeActiveEnvironmentPath(() => {
      this.changed.fire();
    });
    return environments;
  }
}
