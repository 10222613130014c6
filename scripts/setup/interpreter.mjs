/** Finds a Python that can run this project, and says which of the packages it has. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runToEnd } from './process.mjs';

/** The runner's floor. */
export const OLDEST = [3, 10];
const PROBE_TIMEOUT_MS = 60_000;

/** Reads the metadata only: importing torch and jax takes seconds. */
const PROBE = `
import json, sys
from importlib import metadata
def version(name):
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
print(json.dumps({
    "executable": sys.executable,
    "version": list(sys.version_info[:3]),
    "torch": version("torch"),
    "jax": version("jax"),
}))
`;

/**
 * @typedef {object} Interpreter
 * @property {string} executable
 * @property {readonly number[]} version
 * @property {string | null} torch version, by its metadata
 * @property {string | null} jax
 */

/**
 * @param {string} command
 * @returns {Promise<Interpreter | null>} null where it is no Python that starts
 */
export async function probe(command) {
  const { code, stdout } = await runToEnd(command, ['-c', PROBE], { timeoutMs: PROBE_TIMEOUT_MS });
  if (code !== 0) return null;
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<{ usable: Interpreter | null, tried: readonly string[] }>} `tried` tells of each, for people
 */
export async function findInterpreter(environment = process.env) {
  const chosen = environment.MATMUL_LENS_PYTHON;
  const tried = [];
  for (const command of chosen ? [chosen] : ['python3', 'python']) {
    const found = await probe(command);
    if (found !== null && isRecent(found)) return { usable: found, tried };
    tried.push(found === null ? `${command}: does not start` : `${command}: Python ${found.version.join('.')}`);
  }
  return { usable: null, tried };
}

/** @param {Interpreter} interpreter */
export function isRecent({ version: [major, minor] }) {
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Whether torch and jax are not only installed but work together in one process of this interpreter. */
export async function importsFrameworks(/** @type {string} */ executable) {
  const { code } = await runToEnd(executable, ['-c', 'import torch, jax, numpy'], { timeoutMs: PROBE_TIMEOUT_MS });
  return code === 0;
}

/** @param {string} folder of a virtual environment */
export function executableOf(folder) {
  return path.join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
}

/** @param {string} folder of a virtual environment */
export function hasExecutable(folder) {
  return existsSync(executableOf(folder));
}
