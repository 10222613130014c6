/**
 * What the scripts need of this machine, each part installed the first time that a script asks for it and found
 * in place ever after. Node's own modules alone are imported here: this runs before `npm ci`.
 */
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { ensureBrowser } from './setup/browser.mjs';
import { ensureNativeParser } from './setup/nativeParser.mjs';
import { ensureNodePackages } from './setup/nodePackages.mjs';
import { createProgress, explained, success } from './setup/progress.mjs';
import { runToEnd } from './setup/process.mjs';
import { ensureCorpus, ensureInterpreter, ensurePython, ensurePythonTools, ensureTorchFix } from './setup/python.mjs';
import { ensureWorkbench } from './setup/workbench.mjs';

/** @typedef {ReturnType<typeof createSetup>} Setup */

/**
 * Each method answers with an outcome and is done at most once.
 * @param {string} [root] of the checkout
 */
export function createSetup(root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))) {
  const progress = createProgress();
  return {
    root,
    progress,
    nodePackages: once(() => ensureNodePackages(root, progress)),
    /** An interpreter with torch and JAX. */
    python: once(() => ensurePython(root, progress)),
    /** Any interpreter that can run the runner. */
    plainPython: once(async () => {
      const found = await ensureInterpreter();
      return found.ok ? success(found.value.executable) : found;
    }),
    /** An interpreter with ruff and mypy. */
    pythonTools: once(() => ensurePythonTools(root, progress)),
    /** An interpreter with TorchFix. */
    torchFix: once(() => ensureTorchFix(root, progress)),
    nativeParser: once(() => ensureNativeParser(root, progress)),
    /** The packages that test/corpus is about. */
    corpus: once(() => ensureCorpus(root, progress)),
    workbench: once(() => ensureWorkbench(root, progress)),
    browser: once(() => ensureBrowser(progress)),
  };
}

/**
 * The value of a step that a script cannot go on without; ends the process with a clear line when it failed.
 * @template T
 * @param {Promise<import('./setup/progress.mjs').Outcome<T>>} outcome
 * @returns {Promise<T>}
 */
export async function required(outcome) {
  const settled = await outcome;
  if (settled.ok) return settled.value;
  process.stderr.write(`${explained(settled)}\n`);
  process.exit(1);
}

/**
 * Runs one of the project's Node programs with its output shown; ends the process when it fails.
 * @param {string} root
 * @param {string} title for the line that tells of a failure
 * @param {readonly string[]} args of Node
 */
export async function mustSucceed(root, title, args) {
  const { code, output } = await runToEnd(process.execPath, args, { cwd: root, show: true });
  if (code === 0) return;
  process.stderr.write(`${title} failed: ${code === null ? output : `exit status ${code}`}.\n`);
  process.exit(1);
}

/**
 * @template T
 * @param {() => Promise<T>} work
 * @returns {() => Promise<T>}
 */
function once(work) {
  /** @type {Promise<T> | undefined} */
  let started;
  return () => (started ??= work());
}
