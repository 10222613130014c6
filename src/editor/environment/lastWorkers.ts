/** The state of each framework's worker as the runner last told it, for races that begin with warm workers. */
import * as vscode from 'vscode';
import type { RaceState, RunnerEvent } from '../../protocol';

type Workers = RaceState['workers'];

export class LastWorkers implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;
  private current: Workers = {};

  get workers(): Workers {
    return this.current;
  }

  receive(event: RunnerEvent): void {
    if (event.type === 'hello') this.set({});
    if (event.type !== 'worker') return;
    const { status, failure, framework } = event;
    // A worker serves one race; what its environment was still holds for the next one.
    const environment = event.environment ?? this.current[framework]?.environment ?? null;
    this.set({ ...this.current, [framework]: { status, environment, failure } });
  }

  dispose(): void {
    this.changed.dispose();
  }

  private set(workers: Workers): void {
    this.current = workers;
    this.changed.fire();
  }
}
