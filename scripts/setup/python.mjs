/**
 * Python with torch and JAX: the machine's own where it has both, else a private environment in the checkout.
 * The machine's interpreter is never changed.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { failure, success } from './progress.mjs';
import { lastLines, runToEnd } from './process.mjs';
import { OLDEST, executableOf, findInterpreter, hasExecutable, importsFrameworks, probe } from './interpreter.mjs';

/**
 * One pip command for torch with this pin and nothing else: where a machine offers a CPU build of just this
 * version, any other form would pull gigabytes of GPU libraries.
 */
const FRAMEWORKS = [['torch==2.13.0'], ['jax==0.10.2', 'numpy']];
const TOOLS = [['ruff==0.17.6', 'mypy==2.4.1']];
const TORCHFIX = [['torchfix==0.7.0']];

/**
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<string>>} an executable that imports torch and jax
 */
export async function ensurePython(root, progress) {
  const base = await ensureInterpreter();
  if (!base.ok) return base;
  const { executable, torch, jax } = base.value;
  if (torch !== null && jax !== null && (await worksRemembered(root, base.value, progress))) return success(executable);
  return ensureEnvironment(path.join(root, '.venv'), executable, FRAMEWORKS, progress, 'PyTorch and JAX');
}

/**
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<string>>} an executable that has ruff and mypy
 */
export async function ensurePythonTools(root, progress) {
  const base = await ensureInterpreter();
  if (!base.ok) return base;
  // Apart from torch and jax, so that the type checker sees the same on every machine.
  const folder = path.join(root, '.cache/tools');
  return ensureEnvironment(folder, base.value.executable, TOOLS, progress, 'ruff and mypy');
}

/**
 * The sources of the packages whose behaviour test/corpus records; nothing of them is ever run.
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<string>>} the folder that holds them
 */
export async function ensureCorpus(root, progress) {
  const requirements = path.join(root, 'test/corpus/requirements.txt');
  const folder = path.join(root, '.cache/corpus');
  // Written last, and beside the folder: that is what the analysis is run on.
  const stamp = path.join(root, '.cache/corpus.txt');
  const wanted = await readFile(requirements, 'utf8');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return success(folder);
  const tools = await ensurePythonTools(root, progress);
  if (!tools.ok) return tools;
  await rm(folder, { recursive: true, force: true });
  const count = wanted.trim().split('\n').length;
  const installed = await progress.step(`Installing the ${count} packages of test/corpus (pip)`, () =>
    install(tools.value, ['--no-deps', '--no-compile', '--target', folder, '--requirement', requirements]),
  );
  if (!installed.ok) return installed;
  await writeFile(stamp, wanted);
  return success(folder);
}

/**
 * @param {string} root
 * @param {import('./progress.mjs').Progress} progress
 * @returns {Promise<import('./progress.mjs').Outcome<string>>} an executable that has TorchFix, for the benchmark against it
 */
export async function ensureTorchFix(root, progress) {
  const base = await ensureInterpreter();
  if (!base.ok) return base;
  const folder = path.join(root, '.cache/torchfix');
  return ensureEnvironment(folder, base.value.executable, TORCHFIX, progress, 'TorchFix');
}

/** @returns {Promise<import('./progress.mjs').Outcome<import('./interpreter.mjs').Interpreter>>} */
export async function ensureInterpreter() {
  const { usable, tried } = await findInterpreter();
  if (usable !== null) return success(usable);
  return failure(
    `No Python ${OLDEST.join('.')} or newer was found (${tried.join('; ')}).`,
    'Install Python from your system or from python.org, or name an interpreter in MATMUL_LENS_PYTHON.',
  );
}

/**
 * Importing both frameworks takes seconds, so that a success is remembered for these versions of them.
 * @param {string} root
 * @param {import('./interpreter.mjs').Interpreter} interpreter
 * @param {import('./progress.mjs').Progress} progress
 */
async function worksRemembered(root, interpreter, progress) {
  const stamp = path.join(root, '.cache/interpreter.json');
  const text = JSON.stringify(interpreter);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === text) return true;
  const imported = await progress.step(`Importing torch and jax in ${interpreter.executable}`, async () =>
    (await importsFrameworks(interpreter.executable))
      ? success(null)
      : failure('They are installed there, but cannot be imported together.', ''),
  );
  if (!imported.ok) {
    progress.say(imported.problem);
    return false;
  }
  await mkdir(path.dirname(stamp), { recursive: true });
  await writeFile(stamp, text);
  return true;
}

/**
 * @param {string} folder
 * @param {string} base interpreter that makes it
 * @param {readonly (readonly string[])[]} installations one pip command each
 * @param {import('./progress.mjs').Progress} progress
 * @param {string} contents for people
 * @returns {Promise<import('./progress.mjs').Outcome<string>>}
 */
async function ensureEnvironment(folder, base, installations, progress, contents) {
  const executable = executableOf(folder);
  // Written last: an environment without it was interrupted, and pip finishes it.
  const stamp = path.join(folder, 'matmul-lens.json');
  const wanted = JSON.stringify(installations);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted && (await probe(executable)) !== null)
    return success(executable);

  if (!hasExecutable(folder) || (await probe(executable)) === null) {
    const made = await progress.step(`Making a Python environment for ${contents} (${path.basename(folder)})`, () =>
      makeEnvironment(folder, base),
    );
    if (!made.ok) return made;
  }
  for (const packages of installations) {
    const installed = await progress.step(`Installing ${packages.join(' ')} (pip)`, () =>
      install(executable, packages),
    );
    if (!installed.ok) return installed;
  }
  await writeFile(stamp, wanted);
  return success(executable);
}

/**
 * @param {string} folder
 * @param {string} base
 * @returns {Promise<import('./progress.mjs').Outcome<null>>}
 */
async function makeEnvironment(folder, base) {
  const { code, output } = await runToEnd(base, ['-m', 'venv', '--clear', folder]);
  if (code === 0) return success(null);
  const lacksModule = /ensurepip|No module named .?venv/.test(output);
  return failure(
    `${base} could not make an environment:\n${lastLines(output)}`,
    lacksModule ? 'On Debian and Ubuntu the module is a package of its own: apt install python3-venv' : '',
  );
}

/**
 * @param {string} executable
 * @param {readonly string[]} packages names, or options that say what to install and where
 * @returns {Promise<import('./progress.mjs').Outcome<null>>}
 */
async function install(executable, packages) {
  const { code, output } = await runToEnd(executable, [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input'],
    ...packages,
  ]);
  if (code === 0) return success(null);
  const remedy = /resolution|onnection|timed out|unreachable/.test(output)
    ? 'The package index cannot be reached. Connect to it, or name a mirror in PIP_INDEX_URL.'
    : /from versions: none/.test(output)
      ? 'The package index cannot be reached, or has no build for this Python on this system.'
      : '';
  const other = 'MATMUL_LENS_PYTHON can name an interpreter that has what is needed already.';
  return failure(`pip install ${packages.join(' ')} failed:\n${lastLines(output)}`, `${remedy} ${other}`.trim());
}
