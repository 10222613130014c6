/** Runs a command to its end. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const KEPT_CHARACTERS = 256 * 1024;
const KILL_AFTER_MS = 5000;

/**
 * @typedef {object} Ended
 * @property {number | null} code exit status; null when a signal ended it or it could not be started
 * @property {string} output the end of its standard output and error together
 * @property {string} stdout the end of its standard output alone
 * @property {boolean} timedOut
 */

/**
 * Never rejects: a command that cannot be started has the code null and the reason as its output.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, show?: boolean, timeoutMs?: number }} [options]
 *   `show` gives the command our own output in place of keeping it.
 * @returns {Promise<Ended>}
 */
export function runToEnd(command, args, { cwd, env = process.env, show = false, timeoutMs } = {}) {
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    // npm is a batch file there, which Node starts only through a shell.
    shell: process.platform === 'win32' && command === 'npm',
  });
  return new Promise((resolve) => {
    const ended = { code: /** @type {number | null} */ (null), output: '', stdout: '', timedOut: false };
    child.stdout?.on('data', (chunk) => {
      ended.stdout = (ended.stdout + chunk).slice(-KEPT_CHARACTERS);
      ended.output = (ended.output + chunk).slice(-KEPT_CHARACTERS);
    });
    child.stderr?.on('data', (chunk) => {
      ended.output = (ended.output + chunk).slice(-KEPT_CHARACTERS);
    });
    const timer = timeoutMs && setTimeout(() => stop(), timeoutMs);
    const stop = () => {
      ended.timedOut = true;
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS).unref();
    };
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ ...ended, output: error.message });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ ...ended, code });
    });
  });
}

/**
 * @param {string} output
 * @param {number} [count]
 * @returns {string} the last lines that hold anything
 */
export function lastLines(output, count = 12) {
  const lines = output.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
