/** `npm run evidence -- ARGUMENTS...`: prices the rules on this machine (see bench/evidence.py) and writes their pages. */
import path from 'node:path';
import process from 'node:process';
import { runToEnd } from './setup/process.mjs';
import { createSetup, mustSucceed, required } from './setup.mjs';

const setup = createSetup();
await required(setup.nodePackages());
const python = process.env.MATMUL_LENS_PYTHON ?? (await required(setup.python()));
const script = path.join(setup.root, 'bench', 'evidence.py');
const { code } = await runToEnd(python, [script, ...process.argv.slice(2)], { cwd: setup.root, show: true });
if (code === 0) {
  const prettier = path.join('node_modules', 'prettier', 'bin', 'prettier.cjs');
  await mustSucceed(setup.root, 'Formatting', [prettier, '--write', 'src/core/rules/evidence']);
  await mustSucceed(setup.root, 'Writing', ['scripts/docs.mjs']);
}
process.exitCode = code ?? 1;
