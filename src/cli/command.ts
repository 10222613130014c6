/** What a command is, and what it is given. */
import type { Readable } from 'node:stream';
import type { Variables } from '../desktop/python/environment';
import type { Assets } from './assets';
import type { ExitStatus } from './exitStatus';
import type { Progress } from './progress';
import type { Shutdown } from './shutdown';
import type { Terminal } from './terminal';

export interface CommandContext {
  readonly terminal: Terminal;
  readonly progress: Progress;
  readonly shutdown: Shutdown;
  readonly assets: Assets;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly variables: Variables;
  readonly platform: NodeJS.Platform;
  readonly cwd: string;
  readonly home: string;
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number;
}

export interface Command {
  readonly name: string;
  /** One line for the overview. */
  readonly summary: string;
  readonly help: string;
  run(argv: readonly string[], context: CommandContext): Promise<ExitStatus>;
}

/** Wrong use: one clear line, and where to read more. */
export function misuse(command: string, message: string, { terminal }: CommandContext): 2 {
  terminal.complain(`${command}: ${message}; see matmul-lens ${command} --help`);
  return 2;
}
