/** How the tests of each kind are run, each in a process of its own with its report shown as it grows. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runToEnd } from '../setup/process.mjs';
import { couldNotRun, counted } from './counts.mjs';

/**
 * @param {string} root of the checkout
 * @param {string} suite folder below out/test
 * @param {{ python?: string, ruff?: string, corpus?: string, timeoutMs: number, testTimeoutMs?: number, exit?: boolean }} options
 *   `ruff` executable for tests of written Python; `corpus` folder of the packages that test/corpus is about; `exit` ends the process after the last test, though a test that failed may have left a browser open
 * @returns {Promise<import('./counts.mjs').Result>}
 */
export async function runMocha(root, suite, { python, ruff, corpus, timeoutMs, testTimeoutMs = 30_000, exit = false }) {
  if (!existsSync(path.join(root, 'out/test', suite))) return couldNotRun(`out/test/${suite} was not built`);
  return counted((countsFile) =>
    runToEnd(
      process.execPath,
      [
        ...[path.join(root, 'node_modules/mocha/bin/mocha.js'), `out/test/${suite}/**/*.test.cjs`],
        ...['--ui', 'bdd', '--timeout', String(testTimeoutMs), '--forbid-only', '--forbid-pending'],
        ...['--reporter', path.join(root, 'scripts/testing/countingReporter.mjs'), ...(exit ? ['--exit'] : [])],
      ],
      {
        cwd: root,
        env: {
          ...process.env,
          MATMUL_LENS_TEST_COUNTS: countsFile,
          ...(python === undefined ? {} : { MATMUL_LENS_PYTHON: python }),
          ...(ruff === undefined ? {} : { MATMUL_LENS_RUFF: ruff }),
          ...(corpus === undefined ? {} : { MATMUL_LENS_CORPUS: corpus }),
          NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --enable-source-maps`.trim(),
        },
        show: true,
        timeoutMs,
      },
    ),
  );
}

/**
 * @param {string} root
 * @param {string} suite folder below test/runner
 * @param {{ python: string, timeoutMs: number }} options
 * @returns {Promise<import('./counts.mjs').Result>}
 */
export async function runUnittest(root, suite, { python, timeoutMs }) {
  const script = path.join(root, 'scripts/testing/unittest_counts.py');
  return counted((countsFile) =>
    runToEnd(python, ['-u', script, path.join('test/runner', suite), 'test/runner', countsFile], {
      cwd: root,
      env: { ...process.env, MATMUL_LENS_PYTHON: python },
      show: true,
      timeoutMs,
    }),
  );
}
