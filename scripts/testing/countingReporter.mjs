/**
 * Mocha's `spec` report, and the counts as JSON in the file that MATMUL_LENS_TEST_COUNTS names. The file is
 * written after every test, so that a run which is killed still tells how far it came: `finished` is then false.
 */
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import Mocha from 'mocha';

const { EVENT_RUN_BEGIN, EVENT_RUN_END, EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;

export default class CountingReporter extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.MATMUL_LENS_TEST_COUNTS;
    if (file === undefined) return;
    const counts = { passed: 0, failed: 0, skipped: 0, finished: false };
    const count = (/** @type {Partial<typeof counts>} */ change) => {
      Object.assign(counts, change);
      writeFileSync(file, JSON.stringify(counts));
    };
    runner.on(EVENT_RUN_BEGIN, () => count({}));
    runner.on(EVENT_TEST_PASS, () => count({ passed: counts.passed + 1 }));
    runner.on(EVENT_TEST_FAIL, () => count({ failed: counts.failed + 1 }));
    runner.on(EVENT_TEST_PENDING, () => count({ skipped: counts.skipped + 1 }));
    runner.on(EVENT_RUN_END, () => count({ finished: true }));
  }
}
