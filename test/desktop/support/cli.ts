/** Runs the command line as it is shipped. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';

/** From `out/test/desktop`, where the bundled tests lie. */
export const CLI = path.join(__dirname, '../../../dist/cli.cjs');

export interface CliOptions {
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  readonly variables?: Readonly<Record<string, string>>;
}

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function startCli(args: readonly string[], { cwd, variables }: CliOptions = {}): ChildProcess {
  const env = { ...process.env, NODE_OPTIONS: '', ...variables };
  return spawn(process.execPath, [CLI, ...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = startCli(args, options);
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => {
      const [stdout, stderr] = [chunks.stdout, chunks.stderr].map((each) => Buffer.concat(each).toString('utf8'));
      resolve({ status, stdout: stdout ?? '', stderr: stderr ?? '' });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(options.input ?? '');
  });
}
