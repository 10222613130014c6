/** `npm run package`: makes matmul-lens-<version>.vsix in the root and checks what it holds. */
import process from 'node:process';
import { described, packageExtension } from './packaging.mjs';
import { createSetup, required } from './setup.mjs';

const setup = createSetup();
await required(setup.nodePackages());
const { file, steps } = await packageExtension(setup.root);
for (const step of steps) process.stdout.write(described(step));
if (steps.every(({ problem }) => problem === null)) process.stdout.write(`${file}\n`);
else process.exitCode = 1;
