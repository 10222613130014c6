/** What a group of tests came to. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * `problems` says in words what the numbers alone do not: why a group could not start, that tests were skipped.
 * @typedef {{ passed: number, failed: number, problems: readonly string[] }} Result
 */

/** @type {(problem: string) => Result} */
export function couldNotRun(problem) {
  return { passed: 0, failed: 1, problems: [problem] };
}

/** @type {(results: readonly Result[]) => Result} */
export function sum(results) {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    failed: results.reduce((total, { failed }) => total + failed, 0),
    problems: results.flatMap(({ problems }) => problems),
  };
}

/**
 * Runs tests that write their counts to a file, and reads them. Whatever leaves it in doubt that all tests ran and
 * passed is a failure: no file, no tests, skipped tests, a run that did not finish, an exit status of its own.
 *
 * @param {(countsFile: string) => Promise<{ code: number | null, timedOut?: boolean }>} run
 * @returns {Promise<Result>}
 */
export async function counted(run) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'matmul-lens-'));
  try {
    const file = path.join(folder, 'counts.json');
    const { code, timedOut } = await run(file);
    const counts = await readFile(file, 'utf8').then(JSON.parse, () => null);
    if (counts === null) return couldNotRun(`ended before any test (exit status ${code})`);
    return resultOf(counts, code, timedOut ?? false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * @param {{ passed: number, failed: number, skipped: number, finished: boolean }} counts
 * @param {number | null} code
 * @param {boolean} timedOut
 * @returns {Result}
 */
export function resultOf({ passed, failed, skipped, finished }, code, timedOut) {
  const problems = [];
  if (skipped > 0) problems.push(`${skipped} skipped`);
  if (timedOut) problems.push(finished ? 'did not end after its last test' : 'timed out');
  else if (!finished) problems.push(`ended early (exit status ${code})`);
  else if (passed + failed + skipped === 0) problems.push('no tests');
  else if (code !== 0 && failed + skipped === 0) problems.push(`all passed, but exit status ${code}`);
  // Skipped tests count one by one; any other trouble counts as one failure more.
  const trouble = problems.length - (skipped > 0 ? 1 : 0);
  return { passed, failed: failed + skipped + trouble, problems };
}
