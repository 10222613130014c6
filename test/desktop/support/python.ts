/** The interpreter that tests start, and whether a process still lives. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Any Python 3.10 or newer; the frameworks are not needed. */
export const PYTHON = process.env.MATMUL_LENS_PYTHON ?? 'python3';

/** Runs a test file as a parent of processes, until it tells their ids on its first line. */
export async function startParent(
  file: string,
  variables: NodeJS.ProcessEnv,
): Promise<{ readonly parent: ChildProcess; readonly pids: readonly number[] }> {
  const env = { ...process.env, ...variables };
  const parent = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const chunk of parent.stdout) {
    output += String(chunk);
    if (output.includes('\n')) break;
  }
  return { parent, pids: output.trim().split(' ').map(Number) };
}

/** Waits until a process is gone, at most so long; false where it still lives then. */
export async function isGone(pid: number, withinMs: number): Promise<boolean> {
  for (const until = performance.now() + withinMs; performance.now() < until; await sleep(20)) {
    if (!(await isAlive(pid))) return true;
  }
  return false;
}

/** In a container without an init process, an orphan that has ended stays as a zombie for ever. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return !status.includes(') Z');
}
