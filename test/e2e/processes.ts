/** Watches operating-system processes from outside, by `ps`. */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly state: string;
  readonly command: string;
}

function processes(): readonly Process[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,state=,args='], { encoding: 'utf8', maxBuffer: 1e8 });
  return rows
    .split('\n')
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(row))
    .filter((match) => match !== null)
    .map(([, pid, parent, state, command]) => ({
      pid: Number(pid),
      parent: Number(parent),
      state: state ?? '',
      command: command ?? '',
    }));
}

/**
 * Waits until the commands among the descendants match all of these, at most `timeoutMs`.
 * @returns all descendants; throws with their commands when the time is over
 */
export async function startedBy(ancestor: number, patterns: readonly RegExp[], timeoutMs: number) {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = descendantsOf(ancestor);
    if (patterns.every((pattern) => found.some(({ command }) => pattern.test(command)))) return found;
    if (performance.now() > deadline)
      throw new Error(`not started: ${patterns.join(', ')}\n${found.map(({ command }) => command).join('\n')}`);
    await sleep(POLL_MS);
  }
}

/** Everything that this process started, and what those started, and so on. */
function descendantsOf(ancestor: number): readonly Process[] {
  const all = processes();
  const found: Process[] = [];
  for (let generation = [ancestor]; generation.length > 0;) {
    const children = all.filter(({ parent }) => generation.includes(parent));
    found.push(...children);
    generation = children.map(({ pid }) => pid);
  }
  return found;
}

/**
 * Waits until all of these have ended, at most `timeoutMs`.
 * @returns the commands of those that live on. A zombie has ended: nobody has asked for its status yet.
 */
export async function survivorsOf(watched: readonly Process[], timeoutMs: number): Promise<readonly string[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const now = new Map(processes().map((each) => [each.pid, each]));
    const alive = watched.filter(({ pid, command }) => {
      const current = now.get(pid);
      return current !== undefined && !current.state.startsWith('Z') && current.command === command;
    });
    if (alive.length === 0 || performance.now() > deadline) return alive.map(({ command }) => command);
    await sleep(POLL_MS);
  }
}
