/** Types, lint and format of both languages: each check one command that says nothing more than what is wrong. */
import path from 'node:path';
import process from 'node:process';
import { runToEnd } from './setup/process.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {string} command
 * @property {readonly string[]} args
 */

/**
 * @param {string} tools interpreter that has ruff and mypy
 * @returns {readonly Check[]}
 */
export function allChecks(tools) {
  const projects = ['.', 'src/core', 'src/webview', 'scripts'];
  return [
    ...projects.map((project) => node(`tsc ${project}`, 'typescript/bin/tsc', '--noEmit', '--project', project)),
    node('eslint', 'eslint/bin/eslint.js', '.', '--max-warnings', '0'),
    node('prettier', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    python(tools, 'ruff check', 'ruff', 'check', '--quiet', '.'),
    python(tools, 'ruff format', 'ruff', 'format', '--check', '--quiet', '--diff', '.'),
    python(tools, 'mypy', 'mypy', '--strict', '--no-error-summary', 'runner'),
  ];
}

/**
 * The formatters alone, rewriting files.
 * @param {string} tools
 * @returns {readonly Check[]}
 */
export function allFormatters(tools) {
  return [
    node('prettier', 'prettier/bin/prettier.cjs', '--write', '--log-level', 'warn', '.'),
    python(tools, 'ruff format', 'ruff', 'format', '--quiet', '.'),
  ];
}

/**
 * Runs all of them, whatever the first ones say.
 * @param {string} root
 * @param {readonly Check[]} checks
 * @returns {Promise<import('./testing/counts.mjs').Result>}
 */
export async function runChecks(root, checks) {
  const failed = [];
  for (const { name, command, args } of checks) {
    const start = performance.now();
    const { code } = await runToEnd(command, args, { cwd: root, show: true });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    process.stdout.write(`  ${code === 0 ? '✔' : '✘'} ${name} (${seconds} s)\n`);
    if (code !== 0) failed.push(name);
  }
  return {
    passed: checks.length - failed.length,
    failed: failed.length,
    problems: failed.length === 0 ? [] : [failed.join(', ')],
  };
}

/** @type {(name: string, script: string, ...args: string[]) => Check} */
function node(name, script, ...args) {
  return { name, command: process.execPath, args: [path.join('node_modules', script), ...args] };
}

/** @type {(executable: string, name: string, module: string, ...args: string[]) => Check} */
function python(executable, name, module, ...args) {
  return { name, command: executable, args: ['-m', module, ...args] };
}
