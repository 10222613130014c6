/** VS Code Server and a driver for browsers, in test/workbench: 740 MB, so only for who runs or tests the editor. */
import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { serverFolder, serverNode } from '../../test/workbench/launch.mjs';
import { npmCi } from './nodePackages.mjs';
import { failure, success } from './progress.mjs';
import { lastLines, runToEnd } from './process.mjs';

/** Changes when the steps below do, so that an older installation is made anew. */
const RECIPE = 1;

/**
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<null>>}
 */
export async function ensureWorkbench(root, progress) {
  const folder = path.join(root, 'test/workbench');
  const lockfile = await readFile(path.join(folder, 'package-lock.json'));
  const wanted = `${RECIPE} ${createHash('sha256').update(lockfile).digest('hex')}`;
  const stamp = path.join(folder, 'node_modules/.matmul-lens');
  if ((await readFile(stamp, 'utf8').catch(() => '')) !== wanted) {
    const installed = await progress.step('Installing VS Code Server (npm ci)', () => npmCi(folder));
    if (!installed.ok) return installed;
    const completed = await progress.step("Installing VS Code Server's own packages", () => installServer(root));
    if (!completed.ok) return completed;
    await writeFile(stamp, wanted);
  }
  if (serverNode(root) !== null) return success(null);
  return failure(
    `VS Code Server needs Node 24, which npm has for Linux only; this is Node ${process.versions.node}.`,
    'Install Node 24 or newer and run this with it. `npm test -- --electron` uses a downloaded desktop VS Code.',
  );
}

/**
 * The server's packages lie in a package of their own, whose lockfile `npm ci` rejects as out of step.
 * @param {string} root
 * @returns {Promise<import('./progress.mjs').Outcome<null>>}
 */
async function installServer(root) {
  const cwd = serverFolder(root);
  const quiet = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  const { code, output } = await runToEnd('npm', ['install', ...quiet], { cwd });
  if (code !== 0) return failure(`npm install failed in ${cwd}:\n${lastLines(output)}`, '');
  // It would start with every window, and this server cannot sign in anywhere.
  await rm(path.join(cwd, 'extensions/copilot'), { recursive: true, force: true });
  return success(null);
}
