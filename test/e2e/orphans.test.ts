/** However the harness ends, nothing that it started lives on. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { startedBy, survivorsOf } from './processes';

const ROOT = process.cwd();
const LONGEST_MS = 10_000;

/** Opens a whole workbench, tells of it, and waits to be killed. */
const LAUNCHER = `
  import { openBrowser, startServer } from ${JSON.stringify(pathToFileURL(path.join(ROOT, 'test/workbench/launch.mjs')).href)};
  const root = ${JSON.stringify(ROOT)};
  const server = await startServer({ root, trusted: true, linked: [root] });
  const { page } = await openBrowser({ root });
  await page.goto(server.urlOf({ folder: root + '/examples' }));
  await page.locator('.monaco-workbench .explorer-viewlet .monaco-list-row').first().waitFor();
  console.log('standing ' + server.dataFolder);
`;

describe('when the harness ends', function () {
  this.timeout(90_000);
  const children: ChildProcess[] = [];
  // The browser's profile is Playwright's to remove, which a SIGKILL prevents.
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'matmul-lens-orphans-'));
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, TMPDIR: scratch } });
    children.push(child);
    return child;
  };
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  after(() => {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  });

  it('by SIGKILL, the server, its extension host, the browser and the scratch folder go too', async () => {
    const launcher = start('--input-type=module', '-e', LAUNCHER);
    const [, dataFolder] = await printed(launcher, /^standing (.+)$/m);
    const expected = [/server-main\.js/, /--type=extensionHost/, /--type=renderer/];
    const started = await startedBy(pidOf(launcher), expected, LONGEST_MS);
    launcher.kill('SIGKILL');
    assert.deepEqual(await survivorsOf(started, LONGEST_MS), []);
    assert.equal(existsSync(dataFolder ?? ''), false);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL'] as const)
    it(`by ${signal}, npm run editor leaves nothing`, async () => {
      const editor = start('scripts/editor.mjs');
      const [, url] = await printed(editor, /^Open (http:\S+)$/m);
      // The token in the address is exchanged for a cookie.
      assert.equal((await fetch(url ?? '', { redirect: 'manual' })).status, 302);
      const started = await startedBy(pidOf(editor), [/server-main\.js/], LONGEST_MS);
      editor.kill(signal);
      assert.deepEqual(await survivorsOf(started, LONGEST_MS), []);
    });
});

function pidOf(child: ChildProcess): number {
  assert(child.pid !== undefined);
  return child.pid;
}

/** Waits until the child has printed what matches; fails with all that it printed when it ends before. */
function printed(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const read = (chunk: Buffer) => {
      chunks.push(chunk);
      const match = pattern.exec(Buffer.concat(chunks).toString());
      if (match !== null) resolve(match);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code) => {
      reject(new Error(`exit status ${code}\n${Buffer.concat(chunks).toString()}`));
    });
  });
}
