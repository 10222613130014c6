import assert from 'node:assert/strict';
import { chmod } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { pythonEnvironment } from '../../src/desktop/python/environment';
import { probe } from '../../src/desktop/python/probe';
import { runProgram } from '../../src/desktop/python/runProgram';
import type { RunProgram } from '../../src/desktop/python/runProgram';
import { PYTHON, isGone } from './support/python';
import { temporaryFolder } from './support/temporary';

describe('probe', () => {
  const folder = temporaryFolder();
  const environment = pythonEnvironment(process.env, process.platform);
  const ask = (executable: string, more: Record<string, string> = {}) =>
    probe(executable, { environment: { ...environment, ...more }, cwd: folder.path }, runProgram);

  /** An executable script in place of an interpreter. */
  async function script(text: string): Promise<string> {
    const file = await folder.write('python', `#!/bin/sh\n${text}\n`);
    await chmod(file, 0o755);
    return file;
  }

  it('tells version and packages, and imports none of them', async () => {
    for (const name of ['torch', 'jax', 'numpy']) {
      await folder.write(`site/${name}/__init__.py`, `raise SystemExit('${name} was imported')`);
    }
    const result = await ask(PYTHON, { PYTHONPATH: path.join(folder.path, 'site') });
    assert.ok(result.ok);
    assert.equal(result.interpreter.version[0], 3);
    assert.ok(path.isAbsolute(result.interpreter.executable));
    for (const name of ['torch', 'jax', 'numpy'] as const) assert.notEqual(result.interpreter.packages[name], null);
  });

  it('finds nothing in the working folder, not even modules of its own', async () => {
    await folder.write('json.py', 'raise SystemExit("the decoy was imported")');
    await folder.write('torch.py', 'raise SystemExit("the decoy was imported")');
    const result = await ask(PYTHON, { PYTHONPATH: '', PYTHONNOUSERSITE: '1' });
    assert.ok(result.ok, 'reason' in result ? result.reason : '');
  });

  it('is not confused by what is printed at the start', async () => {
    await folder.write('site/sitecustomize.py', 'print("welcome")');
    assert.ok((await ask(PYTHON, { PYTHONPATH: path.join(folder.path, 'site') })).ok);
  });

  it('refuses an old Python', async () => {
    const answer = { python: [3, 9, 1], executable: '/p', packages: { torch: null, jax: null, numpy: null } };
    const result = await ask(await script(`echo '${JSON.stringify(answer)}'`));
    assert.deepEqual(result, { ok: false, reason: 'is Python 3.9.1; 3.10 or newer is needed' });
  });

  it('refuses what is no Python', async () => {
    const answers = await ask(await script('echo hello'));
    assert.deepEqual(answers, { ok: false, reason: 'is no Python: it answered something else' });
    const fails = await ask(await script('echo "bad option -c" >&2; exit 9'));
    assert.deepEqual(fails, { ok: false, reason: 'is no working Python (bad option -c)' });
    const missing = await ask(path.join(folder.path, 'nothing'));
    assert.ok(!missing.ok && missing.reason.startsWith('cannot be started'));
  });

  it('gives an interpreter a bounded time', async () => {
    const seen: (number | undefined)[] = [];
    const never: RunProgram = (_command, { deadline }) => {
      seen.push(deadline);
      return Promise.resolve({ kind: 'timedOut' });
    };
    const result = await probe('/p', { environment: {}, cwd: '/' }, never);
    assert.deepEqual(result, { ok: false, reason: 'did not answer within 10 s' });
    assert.deepEqual(seen, [10_000]);
  });
});

describe('runProgram', () => {
  const folder = temporaryFolder();
  const environment = { PATH: process.env.PATH ?? '' };

  it('ends a program that outlives its deadline together with its children', async () => {
    const pids: string[] = [];
    const result = await runProgram(['sh', '-c', 'sleep 600 & echo $!; echo $$; wait'], {
      environment,
      cwd: folder.path,
      deadline: 300,
      onOutput: (text) => pids.push(...text.trim().split('\n')),
    });
    assert.deepEqual(result, { kind: 'timedOut' });
    assert.equal(pids.length, 2);
    for (const pid of pids) assert.ok(await isGone(Number(pid), 1_000));
  });

  it('is cancelled by its signal, before and while it runs', async () => {
    const abort = new AbortController();
    const running = runProgram(['sleep', '600'], { environment, cwd: folder.path, signal: abort.signal });
    setTimeout(() => {
      abort.abort();
    }, 100);
    assert.deepEqual(await running, { kind: 'cancelled' });
    const again = await runProgram(['sleep', '600'], { environment, cwd: folder.path, signal: abort.signal });
    assert.deepEqual(again, { kind: 'cancelled' });
  });

  it('passes arguments as they are', async () => {
    const odd = ['$(touch x)', '; echo y', '"', "'", '\u202e', 'a\nb', '--help'];
    const result = await runProgram([PYTHON, '-c', 'import json, sys; print(json.dumps(sys.argv[1:]))', ...odd], {
      environment,
      cwd: folder.path,
    });
    assert.ok(result.kind === 'exit');
    assert.deepEqual(JSON.parse(result.stdout), odd);
  });
});
