/** Runs the command line in a terminal of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import { CLI } from './cli';
import type { CliOptions } from './cli';
import { PYTHON } from './python';

/** Gives the child a pseudo-terminal and what is typed as soon as it asks; prints what it shows. */
const SCRIPT = `
import os, pty, sys
typed, question = sys.argv[1].encode(), b"[y/N] "
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown = b""
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    shown += chunk
    if typed and question in shown:
        os.write(terminal, typed)
        typed = b""
sys.stdout.buffer.write(shown)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

export interface TerminalResult {
  readonly status: number | null;
  /** Both streams, as they came. */
  readonly shown: string;
}

/** @param typed what is answered to a question */
export async function runInTerminal(
  args: readonly string[],
  typed: string,
  { cwd, variables }: CliOptions = {},
): Promise<TerminalResult> {
  const env = { ...process.env, NODE_OPTIONS: '', TERM: 'xterm', NO_COLOR: '', ...variables };
  const child = spawn(PYTHON, ['-c', SCRIPT, typed, process.execPath, CLI, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, shown };
}
