/** `npm start`: from a fresh clone to a first race, told as it goes. Ends by itself. */
import process from 'node:process';
import { createSetup, mustSucceed, required } from './setup.mjs';

const EXAMPLE = 'examples/mlp.py:MLP';

const setup = createSetup();
await required(setup.nodePackages());
const python = await required(setup.python());
await mustSucceed(setup.root, 'The build', ['esbuild.mjs']);

heading('The matrix multiplications in examples/');
await mustSucceed(setup.root, 'Finding operations', ['dist/cli.cjs', 'ops', 'examples/']);
heading('What could be faster');
await mustSucceed(setup.root, 'The check', ['dist/cli.cjs', 'check', '--fail-on', 'error', 'examples/']);
heading(`PyTorch against JAX on this machine: ${EXAMPLE}`);
await mustSucceed(setup.root, 'The race', ['dist/cli.cjs', 'bench', EXAMPLE, '--yes', '--python', python]);
heading('The same in the editor');
process.stdout.write(
  'npm run editor    serves VS Code with the extension on this machine, for a browser\n' +
    'npm run package   makes the .vsix; then: code --install-extension matmul-lens-*.vsix\n',
);

/** @param {string} text */
function heading(text) {
  process.stdout.write(`\n${text}\n${'-'.repeat(text.length)}\n`);
}
