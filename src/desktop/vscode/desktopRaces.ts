/** Races by a coordinator process: one at a time, for one interpreter and device; another setting replaces it. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { RaceSetting, Races, StartResult } from '../../editor';
import type { RaceRequest, RunnerEvent } from '../../protocol';
import { pythonEnvironment } from '../python/environment';
import { RunnerClient } from '../runner/runnerClient';
import { workerSpecs } from '../runner/workers';

export interface DesktopRacesOptions {
  /** The runner's folder. */
  readonly runner: string;
  /** A private folder of the extension. */
  readonly storage: string;
  /** Asked immediately before a process is started. */
  readonly mayStart: () => boolean;
}

interface Session {
  readonly key: string;
  readonly client: RunnerClient;
}

export class DesktopRaces implements Races, vscode.Disposable {
  private readonly events = new vscode.EventEmitter<RunnerEvent>();
  private readonly logs = new vscode.EventEmitter<string>();
  readonly onEvent = this.events.event;
  readonly onLog = this.logs.event;
  private session: Session | null = null;
  private readonly racing = new Set<string>();

  constructor(private readonly options: DesktopRacesOptions) {}

  async warmUp(setting: RaceSetting): Promise<StartResult> {
    // Not at the price of the race that is running.
    if (this.racing.size > 0) return { kind: 'started' };
    return (await this.clientFor(setting)).warmUp();
  }

  async start(setting: RaceSetting, request: RaceRequest): Promise<StartResult> {
    const client = await this.clientFor(setting);
    this.racing.add(request.id);
    const result = await client.start(request);
    if (result.kind === 'refused') this.racing.delete(request.id);
    return result;
  }

  cancel(race: string): void {
    this.session?.client.cancel(race);
  }

  dispose(): void {
    // The host may end before this is done: the closed pipe then ends the coordinator.
    void this.session?.client.dispose();
    this.session = null;
    this.events.dispose();
    this.logs.dispose();
  }

  private async clientFor(setting: RaceSetting): Promise<RunnerClient> {
    const key = JSON.stringify(setting);
    if (this.session?.key === key) return this.session.client;
    const before = this.session;
    const client = this.newClient(setting);
    this.session = { key, client };
    await before?.client.dispose();
    return client;
  }

  private newClient({ python, jaxPython, device, warm }: RaceSetting): RunnerClient {
    const { runner, storage, mayStart } = this.options;
    const client: RunnerClient = new RunnerClient({
      session: {
        ...{ python, runner, device, warm },
        workers: workerSpecs(runner, { torch: python, jax: jaxPython }),
        storage: path.join(storage, 'runner'),
      },
      environment: pythonEnvironment(process.env, process.platform),
      mayStart,
      onEvent: (event) => {
        if (event.type === 'report' || event.type === 'failed') this.racing.delete(event.race ?? '');
        // What an earlier coordinator says on its way out is of no interest, unless it is the end of a race.
        else if (this.session?.client !== client) return;
        this.events.fire(event);
      },
      onLog: (text) => {
        this.logs.fire(text);
      },
    });
    return client;
  }
}
