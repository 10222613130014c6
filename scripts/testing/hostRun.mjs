/**
 * Runs the tests of test/host in a real extension host: of VS Code Server, with its page in a headless browser,
 * or of a desktop VS Code that @vscode/test-electron downloads.
 */
import { cp, mkdtemp, open, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { interpreterSettings, openBrowser, startServer } from '../../test/workbench/launch.mjs';

const FOLDER = 'examples';
const POLL_MS = 100;

/**
 * @typedef {object} HostRun
 * @property {string} root of the checkout
 * @property {'trusted' | 'restricted'} suite
 * @property {string} countsFile where the reporter writes its counts
 * @property {string | undefined} python
 * @property {number} timeoutMs
 */

/**
 * @param {HostRun} run
 * @returns {Promise<number>} the exit status of the extension host
 */
export async function runInServer(run) {
  return reported(run, async (env, folder) => {
    const server = await startServer({
      root: run.root,
      trusted: run.suite === 'trusted',
      automation: true,
      linked: mockExtensions(run.root),
      settings: { ...interpreterSettings(run.python), 'security.workspace.trust.startupPrompt': 'never' },
      env,
    });
    try {
      const { browser, page } = await openBrowser({ root: run.root });
      const exited = new Promise((resolve) => {
        void page.exposeFunction('codeAutomationExit', resolve);
      });
      // The workbench of an automated server calls this as well; the report comes by the log file instead.
      await page.exposeFunction('codeAutomationLog', () => undefined);
      const tests = path.join(run.root, 'out/test/host/index.cjs');
      await page.goto(server.urlOf({ folder, development: [run.root], tests }));
      const status = await Promise.race([exited, sleep(run.timeoutMs, 'timeout', { ref: false })]);
      await browser.close();
      if (status !== 'timeout') return Number(status);
      process.stdout.write(`no end within ${run.timeoutMs / 1000} s\n${server.log()}\n`);
      return 1;
    } finally {
      await server.stop();
    }
  });
}

/**
 * @param {HostRun} run
 * @returns {Promise<number>} the exit status of VS Code
 */
export async function runInDesktop(run) {
  const { runTests } = await import('@vscode/test-electron');
  return reported(run, async (env, folder) => {
    const userData = await mkdtemp(path.join(os.tmpdir(), 'matmul-lens-'));
    try {
      return await runTests({
        extensionDevelopmentPath: [run.root, ...mockExtensions(run.root)],
        extensionTestsPath: path.join(run.root, 'out/test/host/index.cjs'),
        extensionTestsEnv: env,
        launchArgs: [
          folder,
          '--disable-extensions',
          `--user-data-dir=${userData}`,
          ...(run.suite === 'trusted' ? ['--disable-workspace-trust'] : []),
        ],
      });
    } finally {
      await rm(userData, { recursive: true, force: true });
    }
  });
}

/**
 * Stand-ins for the extensions that know the reader's interpreter, which no registry here has.
 * @param {string} root
 */
function mockExtensions(root) {
  return ['python', 'python-envs'].map((name) => path.join(root, 'test/host/fixtures', name));
}

/**
 * Gives the tests a copy of the example workspace, and shows their report as it grows.
 * @param {HostRun} run
 * @param {(env: Record<string, string>, folder: string) => Promise<number>} launch
 */
async function reported(run, launch) {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'matmul-lens-'));
  try {
    const folder = path.join(scratch, FOLDER);
    await cp(path.join(run.root, FOLDER), folder, { recursive: true });
    const log = await open(path.join(scratch, 'report.txt'), 'a+');
    const state = { ended: false };
    const following = follow(log, state);
    try {
      return await launch(
        {
          MATMUL_LENS_TEST_LOG: path.join(scratch, 'report.txt'),
          MATMUL_LENS_TEST_COUNTS: run.countsFile,
          MATMUL_LENS_TEST_SUITE: run.suite,
          ...(run.python === undefined ? {} : { MATMUL_LENS_PYTHON: run.python }),
        },
        folder,
      );
    } finally {
      state.ended = true;
      await following;
      await log.close();
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {import('node:fs/promises').FileHandle} file
 * @param {{ ended: boolean }} state
 */
async function follow(file, state) {
  const buffer = Buffer.alloc(64 * 1024);
  for (let position = 0; ;) {
    const { ended } = state;
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    process.stdout.write(buffer.subarray(0, bytesRead));
    position += bytesRead;
    if (bytesRead > 0) continue;
    if (ended) return;
    await sleep(POLL_MS);
  }
}
