/** The native tree-sitter, in test/grammar: apart from the extension's own packages because it is compiled. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
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
  // The binaries that the package brings want a newer C++ library than many systems have.
  // Compiling is an install script: the checkout's settings, which a running npm hands on, allow none.
  const compiled = { npm_config_build_from_source: 'true', npm_config_ignore_scripts: 'false', ...headers() };
  return progress.step('Compiling the native tree-sitter (npm ci)', () => npmCi(folder, compiled));
}

/**
 * Node's own headers, where they are installed beside it: node-gyp would fetch them.
 * @returns {Record<string, string>}
 */
function headers() {
  const prefix = path.dirname(path.dirname(process.execPath));
  return existsSync(path.join(prefix, 'include/node/node.h')) ? { npm_config_nodedir: prefix } : {};
}
