/**
 * `npm run editor [FOLDER]`: the real VS Code with the extension, served on this machine's loopback address for a
 * browser that you open. The extension is read from the checkout: after `npm run build`, or under `npm run watch`,
 * reload the window. Ends with Ctrl-C.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { interpreterSettings, startServer } from '../test/workbench/launch.mjs';
import { createSetup, mustSucceed, required } from './setup.mjs';

const { positionals } = parseArgs({ allowPositionals: true });
const setup = createSetup();
const examples = path.join(setup.root, 'examples');
const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), positionals[0] ?? examples);
if (!existsSync(folder)) {
  process.stderr.write(`${folder} is not there.\n`);
  process.exit(2);
}
await required(setup.nodePackages());
const python = await required(setup.python());
await required(setup.workbench());
await mustSucceed(setup.root, 'The build', ['esbuild.mjs']);

const server = await startServer({
  root: setup.root,
  linked: [setup.root],
  // Our own examples need no question; for any other folder VS Code asks as it always does.
  trusted: folder === examples,
  settings: interpreterSettings(python),
  // Kept between runs: what was trusted and remembered, and the frameworks' compile caches.
  dataFolder: path.join(setup.root, '.cache/editor'),
});
const file = path.join(folder, 'mlp.py');
process.stdout.write(`\nOpen ${server.urlOf({ folder, ...(existsSync(file) ? { file } : {}) })}\nCtrl-C ends it.\n`);

const asked = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => resolve('asked'));
});
if ((await Promise.race([asked, server.ended])) !== 'asked') {
  process.stderr.write(`VS Code Server ended by itself.\n${server.log()}\n`);
  process.exitCode = 1;
}
await server.stop();
