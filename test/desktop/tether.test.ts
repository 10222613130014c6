/** A program under a tether. This file is also the parent that gets killed. */
import assert from 'node:assert/strict';
import path from 'node:path';
import process from 'node:process';
import { runProgram } from '../../src/desktop/python/runProgram';
import { PYTHON, isGone, startParent } from './support/python';
import { temporaryFolder } from './support/temporary';

const FOLDER = 'MATMUL_LENS_TEST_TETHERED_IN';
const environment = { PATH: process.env.PATH ?? '' };

/** Starts a child of its own, tells both ids, and notices nothing. */
const PROGRAM = [
  PYTHON,
  '-c',
  'import os, subprocess, sys, time; child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]);' +
    'print(os.getpid(), child.pid, os.getppid(), flush=True); time.sleep(600)',
] as const;

if (process.env[FOLDER] === undefined) suite();
else void serveAsParent(process.env[FOLDER]);

function suite(): void {
  describe('a tethered program', () => {
    const folder = temporaryFolder();
    const run = (command: readonly [string, ...string[]]) =>
      runProgram(command, { environment, cwd: folder.path, tether: PYTHON });

    it('ends with a parent that is killed, and so does all that it started', async () => {
      const { parent, pids } = await startParent(__filename, { [FOLDER]: folder.path });
      assert.equal(pids.length, 3);
      for (const pid of pids) assert.equal(await isGone(pid, 100), false, 'it runs before');
      parent.kill('SIGKILL');
      for (const pid of pids) assert.ok(await isGone(pid, 5_000), `process ${pid} lives on`);
    });

    it('has its exit status, its output and its arguments as without', async () => {
      const odd = ['$(touch x)', '"', '\u202e', 'a\nb', '--help', '-c', ''];
      const code = 'import json, sys; print(json.dumps(sys.argv[1:])); sys.stderr.write("no"); sys.exit(7)';
      const result = await run([PYTHON, '-c', code, ...odd]);
      assert.ok(result.kind === 'exit');
      assert.equal(result.code, 7);
      assert.equal(result.stderr, 'no');
      assert.deepEqual(JSON.parse(result.stdout), odd);
    });

    it('has nothing to read, and fails where it is not there or was killed', async () => {
      const reads = await run([PYTHON, '-c', 'import sys; print(len(sys.stdin.read()))']);
      assert.deepEqual(reads, { kind: 'exit', code: 0, stdout: '0\n', stderr: '' });
      const missing = await run([path.join(folder.path, 'nothing')]);
      assert.ok(missing.kind === 'exit' && missing.code === 127);
      const killed = await run([PYTHON, '-c', 'import os; os.kill(os.getpid(), 9)']);
      assert.ok(killed.kind === 'exit' && killed.code === 137);
    });
  });
}

/** Prints the ids of the program, its child and its watcher, and waits to be killed. */
async function serveAsParent(cwd: string): Promise<void> {
  await runProgram(PROGRAM, { environment, cwd, tether: PYTHON, onOutput: (text) => process.stdout.write(text) });
}
