// Builds every bundle. A layer's wall is also a property of its bundle: only the extension's own bundles may
// leave `vscode` to the host, and core, protocol and editor are bundled once for no platform at all, so that
// an import of Node's modules breaks the build.
import { build, context } from 'esbuild';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(fileURLToPath(import.meta.url));
const watch = process.argv.includes('--watch');
const tests = process.argv.includes('--tests');
const production = process.argv.includes('--production');

const common = {
  absWorkingDir: root,
  bundle: true,
  target: 'es2023',
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
  // esbuild would take the package's ES module, where import.meta.url is undefined once it is CommonJS.
  alias: { 'web-tree-sitter': path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.cjs') },
  loader: { '.scm': 'text' },
};
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20' };

/** Core is a file of its own, which the extension loads with the first analysis: activation is a tenth of the code. */
const coreApart = {
  name: 'core-apart',
  setup({ onResolve }) {
    onResolve({ filter: /(?:^|\/)core$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './core.cjs', external: true } : null,
    );
  },
};

const bundles = [
  {
    ...node,
    entryPoints: { core: 'src/core/index.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { extension: 'src/desktop/main.ts' },
    external: ['vscode'],
    plugins: [coreApart],
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...node,
    entryPoints: { cli: 'src/cli/main.ts', analysisWorker: 'src/cli/analysisWorker.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
  },
  {
    ...common,
    entryPoints: { panel: 'src/webview/main.ts' },
    platform: 'browser',
    format: 'iife',
    outdir: 'dist/webview',
    tsconfig: 'src/webview/tsconfig.json',
  },
];

/** Nothing of these is written: that they bundle at all is the point. */
const walls = [
  {
    ...common,
    entryPoints: ['src/core/index.ts'],
    platform: 'neutral',
    external: ['web-tree-sitter'],
    alias: {},
    mainFields: ['module', 'main'],
  },
  { ...common, entryPoints: ['src/protocol/index.ts'], platform: 'neutral', mainFields: ['module', 'main'] },
  {
    ...common,
    entryPoints: ['src/editor/index.ts'],
    platform: 'neutral',
    external: ['vscode', 'web-tree-sitter'],
    alias: {},
    mainFields: ['module', 'main'],
  },
].map((options) => ({ ...options, write: false, sourcemap: false }));

async function testBundles() {
  const entries = [];
  for (const [folder, extension] of [
    ['core', '.test.ts'],
    ['fuzz', '.test.ts'],
    ['grammar', '.test.ts'],
    ['desktop', '.test.ts'],
    ['webview', '.test.ts'],
    ['corpus', '.test.ts'],
    ['proof', '.test.ts'],
    ['translate', '.test.ts'],
    ['host', '.ts'],
    ['e2e', '.ts'],
  ]) {
    const files = await readdir(path.join(root, 'test', folder), { recursive: true }).catch(() => []);
    for (const file of files) if (file.endsWith(extension)) entries.push(path.join('test', folder, file));
  }
  for (const file of await readdir(path.join(root, 'bench')).catch(() => []))
    if (file.endsWith('.ts')) entries.push(path.join('bench', file));
  return {
    ...node,
    entryPoints: entries,
    outbase: '.',
    outdir: 'out',
    outExtension: { '.js': '.cjs' },
    external: ['vscode', 'mocha', 'playwright-core', '@vscode/test-electron', 'esbuild'],
    sourcemap: 'linked',
    minify: false,
  };
}

async function copyAssets() {
  await mkdir(path.join(root, 'dist'), { recursive: true });
  await cp(
    path.join(root, 'node_modules/web-tree-sitter/web-tree-sitter.wasm'),
    path.join(root, 'dist/web-tree-sitter.wasm'),
  );
  await cp(
    path.join(root, 'node_modules/tree-sitter-python/tree-sitter-python.wasm'),
    path.join(root, 'dist/tree-sitter-python.wasm'),
  );
  await mkdir(path.join(root, 'dist/webview'), { recursive: true });
}

if (production) await rm(path.join(root, 'dist'), { recursive: true, force: true });
await copyAssets();
const wanted = tests ? [...bundles, await testBundles()] : bundles;
if (watch) {
  for (const options of wanted) await (await context(options)).watch();
} else {
  await Promise.all([...wanted, ...walls].map((options) => build(options)));
}
