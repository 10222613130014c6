/** Makes the .vsix and looks inside it: what it must hold, what it must not, and how large it may be. */
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { runToEnd } from './setup/process.mjs';
import { listZip } from './zip.mjs';

const LARGEST_BYTES = 1.5e6;
/** What vsce adds by itself; it renames README, CHANGELOG and LICENSE. */
const ADDED =
  /^(\[Content_Types\]\.xml|extension\.vsixmanifest|extension\/(package\.json|readme\.md|changelog\.md|LICENSE\.txt))$/;
const UNWANTED = /\.map$|\.tsx?$|\.pyc$|(^|\/)(node_modules|test|tests|src|__pycache__)\//;

/**
 * A step, and what is wrong after it; null where nothing is.
 * @typedef {{ name: string, problem: string | null }} Step
 */

/**
 * @param {string} root of the checkout
 * @returns {Promise<{ file: string, steps: readonly Step[] }>}
 */
export async function packageExtension(root) {
  const manifest = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(root, `${manifest.name}-${manifest.version}.vsix`);
  const built = await runToEnd(process.execPath, ['esbuild.mjs', '--production'], { cwd: root });
  if (built.code !== 0) return { file, steps: [{ name: 'production build', problem: built.output }] };
  const vsce = [
    'node_modules/@vscode/vsce/vsce',
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    '--allow-missing-repository',
  ];
  const packed = await runToEnd(process.execPath, [...vsce, '--out', file], { cwd: root });
  if (packed.code !== 0) return { file, steps: [{ name: 'vsce package', problem: packed.output }] };

  const names = (await listZip(file)).map(({ name }) => name);
  const { size } = await stat(file);
  return {
    file,
    steps: [
      { name: 'vsce package', problem: null },
      { name: 'holds what the manifest names', problem: missing(manifest, names) },
      { name: 'holds nothing else', problem: unexpected(manifest.files ?? [], names) },
      {
        name: `${(size / 1e6).toFixed(2)} MB, at most ${LARGEST_BYTES / 1e6} MB`,
        problem: size <= LARGEST_BYTES ? null : 'too large',
      },
    ],
  };
}

/**
 * @param {Step} step
 * @returns {string} lines for a person
 */
export function described({ name, problem }) {
  return problem === null ? `  ✔ ${name}\n` : `  ✘ ${name}\n${problem}\n`;
}

/**
 * @param {{ main?: string, browser?: string, icon?: string, files?: readonly string[] }} manifest
 * @param {readonly string[]} names
 */
function missing({ main, browser, icon, files }, names) {
  const listed = [main, browser, icon]
    .filter((entry) => entry !== undefined)
    .map((entry) => path.posix.normalize(entry));
  const absent = [
    ...listed.filter((entry) => !names.includes(`extension/${entry}`)),
    ...(files ?? []).filter((pattern) => !names.some((name) => matches(name, pattern))),
  ];
  if (files === undefined) absent.push('package.json: "files"');
  return absent.length === 0 ? null : `missing: ${absent.join(', ')}`;
}

/**
 * @param {readonly string[]} patterns
 * @param {readonly string[]} names
 */
function unexpected(patterns, names) {
  const wrong = names.filter(
    (name) => UNWANTED.test(name) || !(ADDED.test(name) || patterns.some((pattern) => matches(name, pattern))),
  );
  return wrong.length === 0 ? null : `unexpected: ${wrong.join(', ')}`;
}

/**
 * @param {string} name in the archive
 * @param {string} pattern of package.json's "files"; a folder stands for all that it holds
 */
function matches(name, pattern) {
  const glob = path.posix.normalize(pattern).replace(/\/$/, '');
  const expression = glob
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(
      /\*\*\/|\*\*|\*|\?/g,
      (wildcard) => ({ '**/': '(.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' })[wildcard] ?? '',
    );
  // vsce puts the licence, the README and the changelog in by names of its own: LICENSE.txt, readme.md.
  return new RegExp(`^extension/${expression}(/|\\.txt$|$)`, 'i').test(name);
}
