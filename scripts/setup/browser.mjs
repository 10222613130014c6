/** A browser for the tests: an installed Chrome, Edge or Chromium, else Debian's Chromium. */
import { existsSync } from 'node:fs';
import process from 'node:process';
import { findBrowser } from '../../test/workbench/launch.mjs';
import { failure, success } from './progress.mjs';
import { lastLines, runToEnd } from './process.mjs';

/**
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<string>>} the path of a browser
 */
export async function ensureBrowser(progress) {
  const found = findBrowser();
  if (found !== null) return success(found);
  const chosen = process.env.MATMUL_LENS_BROWSER;
  if (chosen) return failure(`MATMUL_LENS_BROWSER names ${chosen}, which is not there.`, '');
  if (!existsSync('/usr/bin/apt-get'))
    return failure(
      'The tests need a browser.',
      'Install Chrome, Edge or Chromium, or name one in MATMUL_LENS_BROWSER.',
    );
  if (process.getuid?.() !== 0)
    return failure('The tests need a browser.', 'Install one: sudo apt-get install -y chromium');
  const installed = await progress.step('Installing Chromium (apt-get)', installChromium);
  if (!installed.ok) return installed;
  const now = findBrowser();
  return now === null ? failure('apt-get installed Chromium, but it is not on the PATH.', '') : success(now);
}

/** @returns {Promise<import('./progress.mjs').Outcome<null>>} */
async function installChromium() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']]) {
    const { code, output } = await runToEnd('apt-get', args, { env });
    if (code !== 0)
      return failure(
        `apt-get ${args.join(' ')} failed:\n${lastLines(output)}`,
        'Install Chrome, Edge or Chromium yourself, or name one in MATMUL_LENS_BROWSER.',
      );
  }
  return success(null);
}
