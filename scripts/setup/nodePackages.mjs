/** The extension's own packages, exactly as package-lock.json has them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { failure, success } from './progress.mjs';
import { lastLines, runToEnd } from './process.mjs';

/**
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<null>>}
 */
export async function ensureNodePackages(root, progress) {
  const { engines } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  if (!atLeast(process.versions.node, engines.node))
    return failure(`This is Node ${process.versions.node}; Node ${engines.node} is needed.`, '');
  if (await installedAsLocked(root)) return success(null);
  return progress.step('Installing Node packages (npm ci)', () => npmCi(root));
}

/**
 * @param {string} folder that holds a package-lock.json
 * @param {Record<string, string>} [variables] of npm's environment, beside those of this process
 * @returns {Promise<import('./progress.mjs').Outcome<null>>}
 */
export async function npmCi(folder, variables = {}) {
  const env = { ...process.env, ...variables };
  const { code, output } = await runToEnd('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, env });
  if (code === 0) return success(null);
  return failure(
    `npm ci failed in ${folder}:\n${lastLines(output)}`,
    /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|network/i.test(output)
      ? 'The package registry cannot be reached. Connect to it, or point npm at a mirror: npm config set registry URL'
      : '',
  );
}

/**
 * @param {string} version
 * @param {string} range of the form `>=1.2.3`
 */
function atLeast(version, range) {
  const order = new Intl.Collator('en', { numeric: true });
  return order.compare(version, range.replace('>=', '')) >= 0;
}

/**
 * npm writes node_modules/.package-lock.json when an installation is complete. It tells what is there more truly
 * than a stamp of ours would: it also knows of a developer's own `npm install`.
 * @param {string} folder
 */
export async function installedAsLocked(folder) {
  try {
    const wanted = await packagesOf(path.join(folder, 'package-lock.json'));
    const installed = await packagesOf(path.join(folder, 'node_modules/.package-lock.json'));
    return Object.entries(wanted).every(
      ([place, { version, optional }]) => place === '' || optional || installed[place]?.version === version,
    );
  } catch (error) {
    if (error.code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * @param {string} lockfile
 * @returns {Promise<Record<string, { version?: string, optional?: boolean }>>}
 */
async function packagesOf(lockfile) {
  return JSON.parse(await readFile(lockfile, 'utf8')).packages;
}
