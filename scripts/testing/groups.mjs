/** The groups of tests in the order in which they run: what each needs of the machine, and how it is run. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { allChecks, runChecks } from '../checks.mjs';
import { described, packageExtension } from '../packaging.mjs';
import { runToEnd } from '../setup/process.mjs';
import { counted, sum } from './counts.mjs';
import { runInDesktop, runInServer } from './hostRun.mjs';
import { runMocha, runUnittest } from './runners.mjs';

const MINUTE_MS = 60_000;

/**
 * @typedef {import('../setup.mjs').Setup} Setup
 * @typedef {keyof Pick<Setup, 'nodePackages' | 'python' | 'plainPython' | 'pythonTools' | 'nativeParser' | 'corpus' | 'workbench' | 'browser'>} Need
 */

/**
 * @typedef {object} Group
 * @property {string} name
 * @property {readonly Need[]} needs installed first, in this order
 * @property {boolean} fast also part of `npm run test:fast`
 * @property {(context: { root: string, found: Partial<Record<Need, string>> }) => Promise<import('./counts.mjs').Result>} run
 */

/**
 * @param {{ electron: boolean }} options `electron`: host tests in a downloaded desktop VS Code
 * @returns {readonly Group[]}
 */
export function allGroups({ electron }) {
  return [
    {
      name: 'check',
      // Types are checked against those of the browser's driver, which is installed with the workbench.
      needs: ['nodePackages', 'pythonTools', 'workbench'],
      fast: false,
      run: ({ root, found }) => runChecks(root, allChecks(given(found, 'pythonTools'))),
    },
    { name: 'build', needs: ['nodePackages'], fast: true, run: ({ root }) => build(root) },
    mocha('core', { fast: true, needs: [], timeoutMs: 5 * MINUTE_MS }),
    mocha('fuzz', { fast: false, needs: ['python'], timeoutMs: 10 * MINUTE_MS }),
    mocha('grammar', { fast: false, needs: ['python', 'nativeParser'], timeoutMs: 5 * MINUTE_MS }),
    mocha('desktop', { fast: true, needs: ['plainPython'], timeoutMs: 5 * MINUTE_MS }),
    mocha('webview', { fast: true, needs: [], timeoutMs: 5 * MINUTE_MS }),
    mocha('corpus', { fast: false, needs: ['corpus'], timeoutMs: 15 * MINUTE_MS }),
    unittest('plain', { fast: true, need: 'plainPython', timeoutMs: 5 * MINUTE_MS }),
    mocha('proof', { fast: false, needs: ['python'], timeoutMs: 10 * MINUTE_MS }),
    mocha('translate', { fast: false, needs: ['python', 'pythonTools'], timeoutMs: 10 * MINUTE_MS }),
    unittest('frameworks', { fast: false, need: 'python', timeoutMs: 20 * MINUTE_MS }),
    {
      name: 'host',
      needs: electron ? ['nodePackages', 'python'] : ['nodePackages', 'python', 'workbench', 'browser'],
      fast: false,
      run: ({ root, found }) => host(root, given(found, 'python'), electron ? runInDesktop : runInServer),
    },
    mocha('e2e', { fast: false, needs: ['python', 'workbench', 'browser'], timeoutMs: 30 * MINUTE_MS, exit: true }),
    { name: 'package', needs: ['nodePackages'], fast: false, run: ({ root }) => pack(root) },
  ];
}

/**
 * @param {string} suite
 * @param {{ fast: boolean, needs: readonly Need[], timeoutMs: number, exit?: boolean }} options
 * @returns {Group}
 */
function mocha(suite, { fast, needs, timeoutMs, exit = false }) {
  return {
    name: suite,
    needs: ['nodePackages', ...needs],
    fast,
    run: ({ root, found }) => {
      const ruff = found.pythonTools === undefined ? undefined : beside(found.pythonTools, 'ruff');
      return runMocha(root, suite, {
        ...{ python: found.python ?? found.plainPython, ruff, corpus: found.corpus },
        ...{ timeoutMs, exit },
      });
    },
  };
}

/**
 * @param {string} interpreter of an environment
 * @param {string} tool that is installed in it
 */
function beside(interpreter, tool) {
  return path.join(path.dirname(interpreter), process.platform === 'win32' ? `${tool}.exe` : tool);
}

/**
 * @param {string} suite
 * @param {{ fast: boolean, need: 'python' | 'plainPython', timeoutMs: number }} options
 * @returns {Group}
 */
function unittest(suite, { fast, need, timeoutMs }) {
  return {
    name: `runner/${suite}`,
    needs: [need],
    fast,
    run: ({ root, found }) => runUnittest(root, suite, { python: given(found, need), timeoutMs }),
  };
}

/**
 * @param {string} root
 * @returns {Promise<import('./counts.mjs').Result>}
 */
async function build(root) {
  // Else a test that was deleted would run on.
  await rm(path.join(root, 'out/test'), { recursive: true, force: true });
  const { code } = await runToEnd(process.execPath, ['esbuild.mjs', '--tests'], { cwd: root, show: true });
  return code === 0 ? { passed: 1, failed: 0, problems: [] } : { passed: 0, failed: 1, problems: ['esbuild'] };
}

/**
 * @param {string} root
 * @param {string} python
 * @param {typeof runInServer} launch
 * @returns {Promise<import('./counts.mjs').Result>}
 */
async function host(root, python, launch) {
  const results = [];
  for (const suite of /** @type {const} */ (['trusted', 'restricted'])) {
    process.stdout.write(`\n  (a ${suite} workspace)\n`);
    results.push(
      await counted(async (countsFile) => ({
        code: await launch({ root, suite, countsFile, python, timeoutMs: 10 * MINUTE_MS }),
      })),
    );
  }
  return sum(results);
}

/**
 * @param {string} root
 * @returns {Promise<import('./counts.mjs').Result>}
 */
async function pack(root) {
  const { steps } = await packageExtension(root);
  for (const step of steps) process.stdout.write(described(step));
  const failed = steps.filter(({ problem }) => problem !== null);
  return { passed: steps.length - failed.length, failed: failed.length, problems: failed.map(({ name }) => name) };
}

/**
 * @param {Partial<Record<Need, string>>} found
 * @param {Need} need
 */
function given(found, need) {
  const value = found[need];
  if (value === undefined) throw new Error(`a group that needs ${need} does not list it`);
  return value;
}
