/** The sources of an interpreter in their order; the first that knows one wins. */
import * as vscode from 'vscode';
import type { InterpreterSource, Resolution } from './interpreter';

export class InterpreterChain implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: readonly vscode.Disposable[];

  /** Another interpreter may be the answer now. */
  readonly onDidChange = this.changed.event;

  constructor(private readonly sources: readonly InterpreterSource[]) {
    this.subscriptions = sources.map((source) =>
      source.onDidChange(() => {
        this.changed.fire();
      }),
    );
  }

  async resolve(file: vscode.Uri): Promise<Resolution> {
    for (const source of this.sources) {
      const resolution = await source.resolve(file);
      if (resolution) return resolution;
    }
    return { kind: 'none' };
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    this.changed.dispose();
  }
}
