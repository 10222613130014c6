/** The native tree-sitter, in test/grammar: apart from the extension's own packages because it may have to be compiled. */
import path from 'node:path';
import { installedAsLocked, npmCi } from './nodePackages.mjs';
import { success } from './progress.mjs';

/**
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<null>>}
 */
export async function ensureNativeParser(root, progress) {
  const folder = path.join(root, 'test/grammar');
  if (await installedAsLocked(folder)) return success(null);
  return progress.step('Installing the native tree-sitter (npm ci)', () => npmCi(folder));
}
