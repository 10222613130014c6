/**
 * The client of the runner: one coordinator, started when it is first needed, and the races that it runs. Every
 * race that was started ends with exactly one `report` or `failed` event, whatever happens to the process.
 */
import type { Failure, RaceRequest, RunnerEvent, WorkerSpec } from '../../protocol';
import { privateFolder } from '../privateFolder';
import { CoordinatorConnection } from './coordinatorConnection';
import type { Spawn } from './coordinatorProcess';

/** Bounds in milliseconds. */
export interface Deadlines {
  /** From the start of the process to its `hello`. */
  readonly hello: number;
  /** From a cancel to the signal; the coordinator needs up to two seconds to end its workers. */
  readonly cancel: number;
  /** From the signal to the kill. */
  readonly end: number;
}

export const DEADLINES: Deadlines = { hello: 15_000, cancel: 3_000, end: 1_000 };

/** What one coordinator is started for; another interpreter or device needs another client. */
export interface RunnerSession {
  /** The interpreter with its arguments, or a launcher before it. */
  readonly python: readonly [string, ...string[]];
  /** The runner's folder. */
  readonly runner: string;
  readonly workers: readonly WorkerSpec[];
  /** A private folder, made if need be. */
  readonly storage: string;
  readonly device: string;
  /** Keep an idle worker of each framework ready for the next race. */
  readonly warm: boolean;
}

export interface RunnerClientOptions {
  readonly session: RunnerSession;
  /** The whole environment of the process: see `pythonEnvironment`. */
  readonly environment: Record<string, string>;
  /** Asked immediately before the process is started, each time. */
  readonly mayStart: () => boolean | Promise<boolean>;
  readonly onEvent: (event: RunnerEvent) => void;
  /** What the process writes to standard error, and remarks on the connection. */
  readonly onLog: (text: string) => void;
  readonly spawn?: Spawn;
  readonly deadlines?: Deadlines;
}

export type StartResult =
  | { readonly kind: 'started' }
  /** `mayStart` said no; there is no process, and no event tells of it. */
  | { readonly kind: 'refused' }
  /** For a race, its `failed` event has been sent. */
  | { readonly kind: 'failed'; readonly failure: Failure };

interface RaceUnderWay {
  cancelled: boolean;
  escalation: NodeJS.Timeout | null;
}

export class RunnerClient {
  private connection: CoordinatorConnection | null = null;
  private connecting: Promise<StartResult> | null = null;
  private readonly races = new Map<string, RaceUnderWay>();
  private readonly deadlines: Deadlines;
  private disposed = false;

  constructor(private readonly options: RunnerClientOptions) {
    this.deadlines = options.deadlines ?? DEADLINES;
  }

  /** Starts the coordinator without a race; with `warm`, its workers get ready. */
  warmUp(): Promise<StartResult> {
    this.connecting ??= this.connect().finally(() => (this.connecting = null));
    return this.connecting;
  }

  /** Hands a race over. A second one waits for the first; the coordinator refuses a third. */
  async start(request: RaceRequest): Promise<StartResult> {
    const race: RaceUnderWay = { cancelled: false, escalation: null };
    this.races.set(request.id, race);
    const result = await this.warmUp();
    if (result.kind === 'refused') this.forget(request.id);
    else if (result.kind === 'failed') this.fail(request.id, result.failure);
    else if (race.cancelled) this.fail(request.id, CANCELLED);
    else if (this.connection) this.connection.send({ type: 'race', race: request });
    else this.fail(request.id, LOST);
    return result;
  }

  /** Stops a race; what does not stop by itself is ended with the whole process group. */
  cancel(id: string): void {
    const race = this.races.get(id);
    if (!race || race.cancelled) return;
    race.cancelled = true;
    const { connection } = this;
    // Before the connection stands, `start` sees the mark.
    if (!connection || this.connecting) return;
    connection.send({ type: 'cancel', race: id });
    race.escalation = setTimeout(() => {
      this.options.onLog(`The race did not stop within ${this.deadlines.cancel} ms; the runner is ended.`);
      void connection.terminate(this.deadlines.end);
    }, this.deadlines.cancel);
  }

  /** Ends the coordinator with everything it started; resolves when it is gone. */
  async dispose(): Promise<void> {
    this.disposed = true;
    await this.connection?.terminate(this.deadlines.end);
  }

  /** Kills the coordinator without waiting, for a host that is about to end. */
  kill(): void {
    this.disposed = true;
    this.connection?.kill();
  }

  private async connect(): Promise<StartResult> {
    if (this.connection) return { kind: 'started' };
    const { session, environment, spawn } = this.options;
    let folder: string;
    try {
      // Nothing in it can be imported by accident.
      folder = await privateFolder(session.storage, 'empty');
    } catch (error) {
      return failed({ kind: 'internal', message: `The storage folder cannot be used: ${(error as Error).message}.` });
    }
    if (!(await this.options.mayStart())) return { kind: 'refused' };
    if (this.disposed) return failed(CANCELLED);
    const connection = new CoordinatorConnection(
      [...session.python, '-u', session.runner],
      { cwd: folder, environment, helloMs: this.deadlines.hello },
      {
        onEvent: (event) => {
          this.onEvent(event);
        },
        onLog: this.options.onLog,
        onEnd: (failure) => {
          this.onEnd(connection, failure);
        },
      },
      spawn,
    );
    this.connection = connection;
    const failure = await connection.greeted;
    if (failure) return failed(failure);
    const { workers, storage, device, warm } = session;
    connection.send({ type: 'open', protocol: 1, workers: [...workers], storage, device, warm });
    return { kind: 'started' };
  }

  private onEvent(event: RunnerEvent): void {
    if ((event.type === 'report' || event.type === 'failed') && event.race !== null) {
      // Whose end was told already gets no second one.
      if (!this.races.has(event.race)) return;
      this.forget(event.race);
    }
    this.options.onEvent(event);
  }

  private onEnd(connection: CoordinatorConnection, failure: Failure): void {
    if (this.connection === connection) this.connection = null;
    for (const [id, { cancelled }] of [...this.races]) {
      this.fail(id, cancelled || this.disposed ? CANCELLED : failure);
    }
  }

  private fail(race: string, failure: Failure): void {
    if (!this.races.has(race)) return;
    this.forget(race);
    this.options.onEvent({ type: 'failed', race, failure });
  }

  private forget(race: string): void {
    clearTimeout(this.races.get(race)?.escalation ?? undefined);
    this.races.delete(race);
  }
}

const CANCELLED: Failure = { kind: 'cancelled', message: 'The race was cancelled.' };
const LOST: Failure = { kind: 'workerDied', message: 'The runner ended before the race began.' };

function failed(failure: Failure): StartResult {
  return { kind: 'failed', failure };
}
