/**
 * The protocol with one coordinator process. It fails closed: after `hello`, a line that is no event ends the
 * process, because a race with a hole in its events would be shown as if it were whole.
 */
import { PROTOCOL_VERSION, parseEvent } from '../../protocol';
import type { Command, Failure, RunnerEvent } from '../../protocol';
import { CoordinatorProcess, describeEnd } from './coordinatorProcess';
import type { ProcessEnd, Spawn } from './coordinatorProcess';
import type { Line } from './lineSplitter';
import { withoutControls } from './tail';
import { WorkerGroups } from './workerGroups';

export interface ConnectionListener {
  readonly onEvent: (event: RunnerEvent) => void;
  readonly onLog: (text: string) => void;
  /** The process is gone; `failure` tells why, for whatever was under way. */
  readonly onEnd: (failure: Failure) => void;
}

/** Launchers and `sitecustomize` may print before the runner takes the descriptors; so much and no more. */
const MOST_NOISE_LINES = 200;
const DETAIL_CHARACTERS = 4_000;

export class CoordinatorConnection {
  /** Resolves with null once the coordinator has said `hello`, or with why it never will. */
  readonly greeted: Promise<Failure | null>;
  private resolveGreeted: (failure: Failure | null) => void = () => undefined;
  private readonly process: CoordinatorProcess;
  private readonly helloTimer: NodeJS.Timeout;
  private readonly program: string;
  private readonly workers = new WorkerGroups();
  private hasGreeted = false;
  private noise = 0;
  /** Why we end the process ourselves, or what it said on its way out. */
  private fault: Failure | null = null;

  constructor(
    command: readonly [string, ...string[]],
    options: { readonly cwd: string; readonly environment: Record<string, string>; readonly helloMs: number },
    private readonly listener: ConnectionListener,
    spawn?: Spawn,
  ) {
    this.program = command[0];
    this.greeted = new Promise((resolve) => (this.resolveGreeted = resolve));
    this.process = new CoordinatorProcess(
      command,
      options,
      {
        onLine: (line) => {
          this.onLine(line);
        },
        onStderr: (chunk) => {
          const text = withoutControls(chunk.toString('utf8')).trimEnd();
          if (text !== '') listener.onLog(text);
        },
        onEnd: (end) => {
          this.onEnd(end);
        },
      },
      spawn,
    );
    this.helloTimer = setTimeout(() => {
      const message = `${this.program} did not start the runner within ${options.helloMs / 1000} s.`;
      this.abort({ kind: 'timedOut', message, hint: CHOOSE_ANOTHER });
    }, options.helloMs);
  }

  send(command: Command): void {
    this.process.send(command);
  }

  terminate(graceMs: number): Promise<void> {
    return this.process.terminate(graceMs);
  }

  kill(): void {
    this.process.kill();
  }

  private onLine(line: Line): void {
    if (this.fault) return;
    const parsed =
      line.kind === 'line' ? parseEvent(line.text) : ({ ok: false, reason: `a line of ${line.bytes} bytes` } as const);
    if (parsed.ok) this.workers.note(parsed.event, this.process.pid);
    if (!parsed.ok) this.onNoise(line, parsed.reason);
    else if (!this.hasGreeted) this.onGreeting(parsed.event);
    else if (parsed.event.type === 'failed' && parsed.event.race === null) this.abort(parsed.event.failure);
    else this.listener.onEvent(parsed.event);
  }

  private onNoise(line: Line, reason: string): void {
    if (this.hasGreeted || ++this.noise > MOST_NOISE_LINES) {
      const message = `The runner in ${this.program} sent what is no event: ${reason}.`;
      this.abort({ kind: 'internal', message, hint: 'Start the race again; the log has what the runner wrote.' });
    } else if (line.kind === 'line') {
      this.listener.onLog(withoutControls(line.text));
    }
  }

  private onGreeting(event: RunnerEvent): void {
    if (event.type === 'failed') {
      this.abort({ hint: CHOOSE_ANOTHER, ...event.failure, message: `${this.program}: ${event.failure.message}` });
    } else if (event.type !== 'hello' || event.protocol !== PROTOCOL_VERSION) {
      const spoken = event.type === 'hello' ? `version ${event.protocol} of the protocol` : `${event.type} first`;
      const message = `The runner speaks ${spoken}, and version ${PROTOCOL_VERSION} is needed.`;
      this.abort({ kind: 'internal', message, hint: 'Install Matmul Lens anew.' });
    } else {
      this.hasGreeted = true;
      clearTimeout(this.helloTimer);
      this.listener.onEvent(event);
      this.resolveGreeted(null);
    }
  }

  private abort(fault: Failure): void {
    this.fault ??= fault;
    this.process.kill();
  }

  private onEnd(end: ProcessEnd): void {
    clearTimeout(this.helloTimer);
    this.workers.kill();
    const failure = this.fault ?? this.failureOf(end);
    const tail = this.process.standardError(DETAIL_CHARACTERS);
    const detailed = failure.detail !== undefined || tail === '' ? failure : { ...failure, detail: tail };
    this.resolveGreeted(detailed);
    this.listener.onEnd(detailed);
  }

  private failureOf(end: ProcessEnd): Failure {
    return this.hasGreeted
      ? {
          kind: 'workerDied',
          message: `The runner in ${this.program} ${describeEnd(end)}.`,
          hint: 'Start the race again; smaller inputs need less memory.',
        }
      : { kind: 'noPython', message: `${this.program} ${describeEnd(end)}.`, hint: CHOOSE_ANOTHER };
  }
}

const CHOOSE_ANOTHER = 'Choose another interpreter: the runner needs Python 3.10 or newer.';
