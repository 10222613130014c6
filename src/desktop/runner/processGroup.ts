/** Signals to a process together with everything that it started. */
import { spawn } from 'node:child_process';

export type Force = 'terminate' | 'kill';

/**
 * Signals the group that a process started with `detached` leads. On Windows there are no groups: `taskkill` ends
 * the tree, at once in either case.
 */
export function signalGroup(pid: number, force: Force): void {
  if (process.platform === 'win32') {
    const taskkill = spawn('taskkill', ['/T', '/F', '/PID', String(pid)], { stdio: 'ignore', windowsHide: true });
    taskkill.on('error', () => undefined);
    return;
  }
  try {
    process.kill(-pid, force === 'kill' ? 'SIGKILL' : 'SIGTERM');
  } catch (error) {
    // No such group: it has ended already.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH' && (error as NodeJS.ErrnoException).code !== 'EPERM') {
      throw error;
    }
  }
}
