/**
 * Runs a command for as long as its own standard input stays open:
 *
 *     node tether.mjs [--remove DIRECTORY] -- COMMAND ARGUMENT...
 *
 * Whoever starts a tether holds the other end of that pipe. However the holder ends (an exit, Ctrl-C, SIGKILL),
 * the operating system closes the pipe, and the tether stops the command's whole process group and removes
 * the directory. Node cannot ask for a parent-death signal, and exit handlers do not run on SIGKILL.
 */
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

const GRACE_MS = 2000;
const POLL_MS = 50;

const { values, positionals } = parseArgs({ options: { remove: { type: 'string' } }, allowPositionals: true });
const [command, ...args] = positionals;
if (command === undefined) throw new Error('tether.mjs: no command given');

// `detached` makes the command the leader of a process group that is ours alone to signal.
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'], detached: process.platform !== 'win32' });
const status = await firstEnd();
await stopGroup(child.pid);
if (values.remove !== undefined) rmSync(values.remove, { recursive: true, force: true, maxRetries: 5 });
process.exit(status);

/** @returns {Promise<number>} the exit status to leave with, once the command or its holder has ended */
function firstEnd() {
  return new Promise((resolve) => {
    const released = () => resolve(0);
    process.stdin.on('end', released).on('error', released).resume();
    process.on('SIGTERM', released).on('SIGINT', released).on('SIGHUP', released);
    child.on('exit', (code) => resolve(code ?? 1));
    child.on('error', (error) => {
      process.stderr.write(`cannot start ${command}: ${error.message}\n`);
      resolve(127);
    });
  });
}

/** @param {number | undefined} leader */
async function stopGroup(leader) {
  if (leader === undefined) return;
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/PID', String(leader), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  signalGroup(leader, 'SIGTERM');
  for (let waited = 0; waited < GRACE_MS && signalGroup(leader, 0); waited += POLL_MS) await sleep(POLL_MS);
  signalGroup(leader, 'SIGKILL');
}

/**
 * Sends a signal to a process group; 0 only asks.
 * @param {number} leader
 * @param {NodeJS.Signals | 0} signal
 * @returns {boolean} false once nobody is left in it
 */
function signalGroup(leader, signal) {
  try {
    return process.kill(-leader, signal);
  } catch (error) {
    // EPERM is what macOS answers for a group that holds only zombies.
    if (error.code === 'ESRCH' || error.code === 'EPERM') return false;
    throw error;
  }
}
