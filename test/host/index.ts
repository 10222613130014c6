/**
 * What VS Code calls, in the real extension host, to run these tests: the same in VS Code Server and in desktop
 * VS Code. The host's console reaches nobody's terminal, so the report is appended to the file that
 * MATMUL_LENS_TEST_LOG names; the reporter writes its counts where MATMUL_LENS_TEST_COUNTS says.
 */
import { appendFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { format } from 'node:util';
import Mocha from 'mocha';

/** A race with real frameworks takes tens of seconds; nothing here should take minutes. */
const TIMEOUT_MS = 60_000;

export async function run(): Promise<void> {
  const { MATMUL_LENS_TEST_LOG: log, MATMUL_LENS_TEST_SUITE: suite } = process.env;
  if (log === undefined) throw new Error('MATMUL_LENS_TEST_LOG names no file');
  const print = (...line: unknown[]) => {
    appendFileSync(log, `${format(...line)}\n`);
  };
  try {
    // Tests of a workspace that is not trusted have a folder, and a host, of their own.
    const failures = await failuresIn(suite === 'restricted' ? path.join(__dirname, 'restricted') : __dirname, print);
    if (failures > 0) throw new Error(`${failures} tests failed`);
  } catch (error) {
    print(error);
    throw error;
  }
}

function failuresIn(folder: string, print: (...line: unknown[]) => void): Promise<number> {
  Mocha.reporters.Base.consoleLog = print;
  Mocha.reporters.Base.useColors = false;
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: TIMEOUT_MS,
    forbidOnly: true,
    forbidPending: true,
    reporter: path.join(__dirname, '../../../scripts/testing/countingReporter.mjs'),
  });
  for (const file of readdirSync(folder)) if (file.endsWith('.test.cjs')) mocha.addFile(path.join(folder, file));
  return new Promise((resolve) => {
    mocha.run(resolve);
  });
}
