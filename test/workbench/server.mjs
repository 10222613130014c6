/**
 * VS Code Server: the real workbench and the real extension host, served on this machine's loopback address.
 * Only Node's own modules are imported here, and nothing is read relative to this file: the tests bundle it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { prepareDataFolder, uriPath } from './dataFolder.mjs';

const START_TIMEOUT_MS = 30_000;
const LOG_CHARACTERS = 64 * 1024;
/** VS Code Server 1.139 uses language features of Node 24. */
const SERVER_NODE_MAJOR = 24;

/** @param {string} root of the checkout */
export function serverFolder(root) {
  return path.join(root, 'test/workbench/node_modules/code-server/lib/vscode');
}

/**
 * The Node that runs the server: the packaged one where it exists for this platform, else this one if new enough.
 * @param {string} root
 * @returns {string | null}
 */
export function serverNode(root) {
  const packaged = path.join(
    root,
    `test/workbench/node_modules/node-${process.platform}-${process.arch}`,
    process.platform === 'win32' ? 'node.exe' : 'bin/node',
  );
  if (existsSync(packaged)) return packaged;
  return Number.parseInt(process.versions.node, 10) >= SERVER_NODE_MAJOR ? process.execPath : null;
}

/** @type {import('./launch.mjs').startServer} */
export async function startServer(options) {
  const node = serverNode(options.root);
  if (node === null) throw new Error(`VS Code Server needs Node ${SERVER_NODE_MAJOR}: run this with it`);
  const token = randomBytes(16).toString('hex');
  const { dataFolder, extensionsFolder, tokenFile } = await prepareDataFolder(options, token);
  const environment = { ...hostEnvironment(), ...options.env, EXTENSIONS_GALLERY: '{}' };
  const entry = path.join(serverFolder(options.root), 'out/server-main.js');
  const shared = [entry, '--server-data-dir', dataFolder, '--extensions-dir', extensionsFolder];
  for (const vsix of options.packages ?? [])
    await completed(spawn(node, [...shared, '--install-extension', vsix, '--force'], { env: environment }));

  const removal = options.dataFolder === undefined ? ['--remove', dataFolder] : [];
  const arguments_ = [
    ...[...shared, '--host', '127.0.0.1', '--port', '0', '--connection-token-file', tokenFile],
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--log', 'off'],
    ...(options.trusted ? ['--disable-workspace-trust'] : []),
    // Without the driver a built server ignores development extensions and extension tests; with it the
    // workbench shows no notifications.
    ...(options.automation ? ['--enable-smoke-test-driver'] : []),
  ];
  const tether = spawn(
    process.execPath,
    [path.join(options.root, 'test/workbench/tether.mjs'), ...removal, '--', node, ...arguments_],
    // Its own group, so that Ctrl-C in a terminal reaches us first and the tether can still tidy up.
    { env: environment, cwd: serverFolder(options.root), stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  const { log, port } = await listening(tether);
  const ended = new Promise((resolve) => tether.once('exit', resolve));
  return {
    port,
    dataFolder,
    log,
    ended,
    urlOf: (view) => urlOf(port, token, view),
    stop: async () => {
      tether.stdin.end();
      await ended;
    },
  };
}

/** The machine's environment without what a surrounding VS Code or Node wrapper left in it. */
function hostEnvironment() {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(VSCODE_|ELECTRON_|NODE_OPTIONS$)/.test(name));
  return Object.fromEntries(inherited);
}

/**
 * Waits until the server has bound its port.
 * @param {import('node:child_process').ChildProcessWithoutNullStreams} tether
 * @returns {Promise<{ port: number, log: () => string }>}
 */
function listening(tether) {
  let text = '';
  const log = () => text;
  return new Promise((resolve, reject) => {
    const fail = (/** @type {string} */ reason) => {
      tether.stdin.end();
      reject(new Error(`VS Code Server ${reason}\n${text}`));
    };
    const timer = setTimeout(() => fail(`did not start within ${START_TIMEOUT_MS / 1000} s`), START_TIMEOUT_MS);
    const read = (/** @type {Buffer} */ chunk) => {
      text = (text + chunk.toString()).slice(-LOG_CHARACTERS);
      const match = /Extension host agent listening on (\d+)/.exec(text);
      if (match === null) return;
      clearTimeout(timer);
      resolve({ port: Number(match[1]), log });
    };
    tether.stdout.on('data', read);
    tether.stderr.on('data', read);
    tether.once('exit', () => {
      clearTimeout(timer);
      fail('ended while starting');
    });
  });
}

/** @param {import('node:child_process').ChildProcessWithoutNullStreams} child */
function completed(child) {
  let text = '';
  child.stdout.on('data', (chunk) => (text += chunk));
  child.stderr.on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`exit status ${code}\n${text}`))));
  });
}

/** @type {(port: number, token: string, view: import('./launch.mjs').View) => string} */
function urlOf(port, token, view) {
  const remote = (/** @type {string} */ absolute) =>
    `vscode-remote://127.0.0.1:${port}${uriPath(absolute).split('/').map(encodeURIComponent).join('/')}`;
  const payload = [
    ...(view.development ?? []).map((folder) => ['extensionDevelopmentPath', remote(folder)]),
    ...(view.tests === undefined ? [] : [['extensionTestsPath', remote(view.tests)]]),
    ...(view.file === undefined ? [] : [['openFile', remote(view.file)]]),
  ];
  const query = new URLSearchParams({ tkn: token, folder: uriPath(view.folder) });
  if (payload.length > 0) query.set('payload', JSON.stringify(payload));
  return `http://127.0.0.1:${port}/?${query}`;
}
