/** A started coordinator: its process group, its wire and what it wrote to standard error. No protocol. */
import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import type { Command } from '../../protocol';
import { LineSplitter } from './lineSplitter';
import type { Line } from './lineSplitter';
import { signalGroup } from './processGroup';
import { Tail } from './tail';

/** Node's `spawn` in the one form that is used here: a program, an argument array, no shell. */
export type Spawn = (program: string, args: readonly string[], options: SpawnOptions) => ChildProcess;

/** How a process ended; `error` where it could not even be started. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error: Error | null;
}

export interface CoordinatorListener {
  readonly onLine: (line: Line) => void;
  readonly onStderr: (chunk: Buffer) => void;
  /** Called once; no line follows. */
  readonly onEnd: (end: ProcessEnd) => void;
}

/** As long as the protocol allows a line to be; `parseEvent` refuses longer ones, too. */
const LONGEST_LINE_BYTES = 4_000_000;

/** Time to read what an ended process left in its pipes; something outside its group may keep them open. */
const LAST_WORDS_MS = 500;

export class CoordinatorProcess {
  private readonly child: ChildProcess | null;
  private readonly tail = new Tail();
  private readonly lines: LineSplitter;
  private end: ProcessEnd | null = null;
  private readonly ended: Promise<void>;
  private resolveEnded: () => void = () => undefined;

  constructor(
    command: readonly [string, ...string[]],
    options: { readonly cwd: string; readonly environment: Record<string, string> },
    private readonly listener: CoordinatorListener,
    start: Spawn = spawn,
  ) {
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.lines = new LineSplitter(LONGEST_LINE_BYTES, (line) => {
      if (!this.end) listener.onLine(line);
    });
    this.child = this.start(command, options, start);
  }

  /** Its id; undefined where it could not be started. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Sends one command; a process that has ended does not hear it. */
  send(command: Command): void {
    const stdin = this.child?.stdin;
    if (stdin?.writable) stdin.write(`${JSON.stringify(command)}\n`);
  }

  /** The end of standard error, at most `characters` of it. */
  standardError(characters: number): string {
    return this.tail.text(characters);
  }

  /** Asks the group to end, and kills what is left after `graceMs`; resolves when it has ended. */
  async terminate(graceMs: number): Promise<void> {
    if (this.end) return;
    // The end of its input ends the coordinator even where it gets no signals.
    this.child?.stdin?.end();
    this.signal('terminate');
    const timer = setTimeout(() => {
      this.signal('kill');
    }, graceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Kills the group at once. */
  kill(): void {
    this.signal('kill');
  }

  private start(
    [program, ...args]: readonly [string, ...string[]],
    { cwd, environment }: { readonly cwd: string; readonly environment: Record<string, string> },
    start: Spawn,
  ): ChildProcess | null {
    let child: ChildProcess;
    try {
      child = start(program, args, {
        cwd,
        env: environment,
        stdio: ['pipe', 'pipe', 'pipe'],
        // A group of its own, so that it can be ended with everything it started; a terminal's Ctrl-C then
        // reaches us alone, who end it in order.
        detached: process.platform !== 'win32',
        windowsHide: true,
        shell: false,
      });
    } catch (error) {
      // Such as a NUL in an argument.
      queueMicrotask(() => {
        this.finish({ code: null, signal: null, error: error as Error });
      });
      return null;
    }
    child.on('error', (error) => {
      if (child.pid === undefined) this.finish({ code: null, signal: null, error });
    });
    // A process that ends while we write is noticed by its exit.
    child.stdin?.on('error', () => undefined);
    child.stdout?.on('data', (chunk: Buffer) => {
      this.lines.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.tail.add(chunk);
      this.listener.onStderr(chunk);
    });
    child.on('exit', (code, signal) => {
      // A launcher may have ended before what it launched.
      this.signal('kill');
      const finish = () => {
        clearTimeout(timer);
        this.finish({ code, signal, error: null });
      };
      const timer = setTimeout(finish, LAST_WORDS_MS);
      child.once('close', finish);
    });
    return child;
  }

  private signal(force: 'terminate' | 'kill'): void {
    const pid = this.child?.pid;
    if (pid !== undefined && !this.end) signalGroup(pid, force);
  }

  private finish(end: ProcessEnd): void {
    if (this.end) return;
    this.lines.end();
    this.end = end;
    this.child?.stdout?.destroy();
    this.child?.stderr?.destroy();
    this.resolveEnded();
    this.listener.onEnd(end);
  }
}

/** How a process ended, in words: `was ended by SIGKILL`. */
export function describeEnd({ code, signal, error }: ProcessEnd): string {
  if (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    if (reason === 'ENOENT') return 'does not exist';
    if (reason === 'EACCES') return 'may not be executed';
    return `cannot be started: ${error.message}`;
  }
  if (signal) return `was ended by ${signal}${signal === 'SIGKILL' ? ' (the system may have run out of memory)' : ''}`;
  return `ended by itself with exit status ${code}`;
}
