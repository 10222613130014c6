/** `npm run bench -- NAME ARGUMENTS...`: builds and runs one of the benchmarks in bench/. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runToEnd } from './setup/process.mjs';
import { createSetup, mustSucceed, required } from './setup.mjs';

const [name, ...rest] = process.argv.slice(2);
const setup = createSetup();
const source = ['ts', 'py']
  .map((each) => path.join(setup.root, 'bench', `${name}.${each}`))
  .find((each) => existsSync(each));
if (name === undefined || source === undefined) {
  process.stderr.write('npm run bench -- NAME ARGUMENTS...: see bench/README.md for the names\n');
  process.exit(2);
}
await required(setup.nodePackages());
const python = await required(setup.python());
process.env.MATMUL_LENS_PYTHON ??= python;
if (name === 'torchfix') process.env.MATMUL_LENS_TORCHFIX = await required(setup.torchFix());
if (source.endsWith('.py')) {
  const { code } = await runToEnd(python, [source, ...rest], { cwd: setup.root, show: true });
  process.exitCode = code ?? 1;
} else {
  await mustSucceed(setup.root, 'The build', ['esbuild.mjs', '--tests']);
  await mustSucceed(setup.root, name, [`out/bench/${name}.cjs`, ...rest]);
}
