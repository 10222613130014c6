/** The interpreter that tests start, and whether a process still lives. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';

/** Any Python 3.10 or newer; the frameworks are not needed. */
export const PYTHON = process.env.MATMUL_LENS_PYTHON ?? 'python3';

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
