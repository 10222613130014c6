/** Runs a program to its end: argument array, deadline, bounded output, cancellable, its whole group ended. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { signalGroup } from '../runner/processGroup';
import { tethered } from './tether';

export interface RunOptions {
  readonly environment: Record<string, string>;
  readonly cwd: string;
  /** Milliseconds; none: as long as it takes. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  /**
   * An interpreter that watches over the program, so that it does not outlive this process however that ends. None: a
   * program that outlives it goes on to its own end.
   */
  readonly tether?: string;
  /** Each piece of output as it comes, both streams. */
  readonly onOutput?: (text: string) => void;
}

export type RunResult =
  | { readonly kind: 'exit'; readonly code: number | null; readonly stdout: string; readonly stderr: string }
  | { readonly kind: 'notStarted'; readonly reason: string }
  | { readonly kind: 'timedOut' }
  | { readonly kind: 'cancelled' };

/** The port behind which tests put a machine of their own. */
export type RunProgram = (command: readonly [string, ...string[]], options: RunOptions) => Promise<RunResult>;

const MOST_OUTPUT_CHARACTERS = 1_000_000;
/** After the exit, for pipes that something else keeps open. */
const LAST_WORDS_MS = 500;

export const runProgram: RunProgram = (command, options) =>
  new Promise((resolve) => {
    if (options.signal?.aborted) {
      resolve({ kind: 'cancelled' });
      return;
    }
    const { tether } = options;
    const [program, ...args] = tether === undefined ? command : tethered(command, tether);
    let child: ChildProcess;
    try {
      child = spawn(program, args, {
        cwd: options.cwd,
        env: options.environment,
        // The tether's end; the program itself reads from nothing.
        stdio: [tether === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
        detached: process.platform !== 'win32',
        windowsHide: true,
        shell: false,
      });
    } catch (error) {
      resolve({ kind: 'notStarted', reason: (error as Error).message });
      return;
    }
    let ending: RunResult | null = null;
    const stop = (why: RunResult) => {
      ending ??= why;
      if (child.pid !== undefined) signalGroup(child.pid, 'kill');
    };
    const onAbort = () => {
      stop({ kind: 'cancelled' });
    };
    options.signal?.addEventListener('abort', onAbort);
    const timer =
      options.deadline === undefined
        ? undefined
        : setTimeout(() => {
            stop({ kind: 'timedOut' });
          }, options.deadline);
    const finish = (result: RunResult) => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      child.stdin?.destroy();
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(ending ?? result);
    };
    const texts = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream]?.setEncoding('utf8').on('data', (text: string) => {
        options.onOutput?.(text);
        texts[stream] = (texts[stream] + text).slice(-MOST_OUTPUT_CHARACTERS);
      });
    }
    child.stdin?.on('error', () => undefined);
    child.on('error', (error) => {
      if (child.pid === undefined) finish({ kind: 'notStarted', reason: error.message });
    });
    child.on('exit', (code) => {
      const end = () => {
        clearTimeout(patience);
        finish({ kind: 'exit', code, ...texts });
      };
      const patience = setTimeout(end, LAST_WORDS_MS);
      child.once('close', end);
    });
  });
