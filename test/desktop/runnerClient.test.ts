/** The client against scripts that behave as badly as a process can. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Spawn } from '../../src/desktop/runner/coordinatorProcess';
import { ClientHarness } from './support/clientHarness';
import { isGone } from './support/python';
import { raceRequest } from './support/race';
import { temporaryFolder } from './support/temporary';

const HELLO = `
import json, os, sys, time
def say(**event):
    sys.stdout.write(json.dumps(event) + "\\n")
    sys.stdout.flush()
def hello(protocol=1):
    say(type="hello", protocol=protocol, runner="0", python="3.11.0", executable=sys.executable, pid=os.getpid())
`;
const QUICK = { hello: 1_500, cancel: 200, end: 200 };

describe('RunnerClient with a runner that misbehaves', () => {
  const folder = temporaryFolder();
  const open: ClientHarness[] = [];
  afterEach(async () => {
    for (const harness of open.splice(0)) await harness.client.dispose();
  });

  async function withScript(script: string, options: ConstructorParameters<typeof ClientHarness>[1] = {}) {
    const runner = await folder.write('runner.py', HELLO + script);
    const harness = new ClientHarness(
      { runner, storage: path.join(folder.path, 'storage') },
      { deadlines: QUICK, ...options },
    );
    open.push(harness);
    return harness;
  }

  it('starts no process when it may not', async () => {
    let spawned = 0;
    const spy: Spawn = (...args) => {
      spawned++;
      return spawn(...args);
    };
    const harness = await withScript('hello()', { mayStart: () => Promise.resolve(false), spawn: spy });
    assert.deepEqual(await harness.client.start(raceRequest('a')), { kind: 'refused' });
    assert.equal(spawned, 0);
    assert.deepEqual(harness.events, []);
  });

  it('asks whether it may right before it starts the process, each time', async () => {
    const order: string[] = [];
    const spy: Spawn = (...args) => {
      order.push('spawn');
      return spawn(...args);
    };
    const mayStart = () => {
      order.push('ask');
      return true;
    };
    const harness = await withScript('hello(); sys.exit(0)', { mayStart, spawn: spy });
    await harness.client.start(raceRequest('a'));
    await harness.failure('a');
    await harness.client.start(raceRequest('b'));
    assert.deepEqual(order, ['ask', 'spawn', 'ask', 'spawn']);
  });

  it('uses an argument array, no shell, a private folder and only the given environment', async () => {
    const calls: Parameters<Spawn>[] = [];
    const spy: Spawn = (...args) => {
      calls.push(args);
      return spawn(...args);
    };
    const harness = await withScript('hello(); sys.stdin.read()', {
      spawn: spy,
      environment: { PATH: process.env.PATH ?? '' },
    });
    await harness.client.warmUp();
    const [, args, options] = calls[0] ?? assert.fail('nothing was started');
    assert.deepEqual(args, ['-u', path.join(folder.path, 'runner.py')]);
    assert.equal(options.shell, false);
    assert.equal(options.cwd, path.join(folder.path, 'storage', 'empty'));
    assert.deepEqual(options.env, { PATH: process.env.PATH ?? '' });
  });

  it('tells of an interpreter that does not exist', async () => {
    const harness = new ClientHarness({ python: ['/nowhere/python'], storage: folder.path });
    const result = await harness.client.start(raceRequest('a'));
    assert.equal(result.kind, 'failed');
    const failure = await harness.failure('a');
    assert.equal(failure.kind, 'noPython');
    assert.match(failure.message, /\/nowhere\/python does not exist/);
    assert.ok(failure.hint);
  });

  it('tells of a process that exits at once, with what it wrote', async () => {
    const harness = await withScript('sys.stderr.write("\\x1b[31mno such module\\x1b[0m\\n"); sys.exit(3)');
    await harness.client.start(raceRequest('a'));
    const failure = await harness.failure('a');
    assert.equal(failure.kind, 'noPython');
    assert.match(failure.message, /exit status 3/);
    assert.equal(failure.detail, 'no such module');
  });

  it('passes on why a Python is too old', async () => {
    const harness = await withScript(
      'say(type="failed", race=None, failure={"kind": "noPython", "message": "Python 3.8 is too old."}); sys.exit(2)',
    );
    await harness.client.start(raceRequest('a'));
    const failure = await harness.failure('a');
    assert.equal(failure.kind, 'noPython');
    assert.match(failure.message, /Python 3\.8 is too old/);
  });

  it('gives up on a process that never says hello, and leaves nothing of it', async () => {
    const harness = await withScript('sys.stderr.write(f"pid {os.getpid()}\\n"); sys.stderr.flush(); time.sleep(600)');
    await harness.client.start(raceRequest('a'));
    assert.equal((await harness.failure('a')).kind, 'timedOut');
    const pid = Number(/pid (\d+)/.exec(harness.log.join('\n'))?.[1]);
    assert.ok(pid > 0);
    assert.ok(await isGone(pid, 2_000));
  });

  it('refuses another version of the protocol', async () => {
    const harness = await withScript('hello(protocol=2); time.sleep(600)');
    await harness.client.start(raceRequest('a'));
    const failure = await harness.failure('a');
    assert.equal(failure.kind, 'internal');
    assert.match(failure.message, /version 2/);
  });

  it('ignores noise before hello, and keeps it for the log', async () => {
    const harness = await withScript('print("Welcome to the cluster\\n{}"); hello(); sys.stdin.read()');
    assert.deepEqual(await harness.client.warmUp(), { kind: 'started' });
    assert.deepEqual(harness.log, ['Welcome to the cluster', '{}']);
  });

  for (const [what, script] of [
    ['garbage', 'print("garbage", flush=True); time.sleep(600)'],
    ['an event without its fields', 'say(type="row", race="a"); time.sleep(600)'],
    ['a line over 4 MB', 'print("x" * 4_000_001, flush=True); time.sleep(600)'],
    ['a line that never ends', 'sys.stdout.write("x" * 9_000_000 + "\\n"); sys.stdout.flush(); time.sleep(600)'],
  ] as const) {
    it(`fails closed on ${what} after hello`, async () => {
      const harness = await withScript(`hello(); sys.stdin.readline(); sys.stdin.readline()\n${script}`);
      await harness.client.start(raceRequest('a'));
      const failure = await harness.failure('a');
      assert.equal(failure.kind, 'internal');
      assert.match(failure.message, /what is no event/);
      const { pid } = await harness.event('hello');
      assert.ok(await isGone(pid, 2_000));
    });
  }

  it('puts together lines that come in pieces', async () => {
    const harness = await withScript(`
text = json.dumps(dict(type="log", level="info", source="é", text="x" * 70_000), ensure_ascii=False).encode() + b"\\n"
hello()
for at in range(0, len(text), 9_999):
    sys.stdout.buffer.write(text[at:at + 9_999])
    sys.stdout.buffer.flush()
    time.sleep(0.01)
sys.stdin.read()`);
    await harness.client.warmUp();
    const event = await harness.event('log');
    assert.equal(event.source, 'é');
    assert.equal(event.text.length, 70_000);
  });

  it('counts half a line at the end as nothing', async () => {
    const harness = await withScript(
      'hello(); sys.stdin.readline(); sys.stdin.readline(); sys.stdout.write(\'{"type"\')',
    );
    await harness.client.start(raceRequest('a'));
    assert.equal((await harness.failure('a')).kind, 'workerDied');
  });

  it('names the signal that ended the runner, and fails every race once', async () => {
    const harness = await withScript(
      'hello(); sys.stdin.readline(); sys.stdin.readline(); sys.stdin.readline(); os.kill(os.getpid(), 9)',
    );
    await harness.client.start(raceRequest('a'));
    await harness.client.start(raceRequest('b'));
    const failure = await harness.failure('a');
    assert.equal(failure.kind, 'workerDied');
    assert.match(failure.message, /SIGKILL/);
    await sleep(50);
    const failed = harness.events.flatMap((event) => (event.type === 'failed' ? [event.race] : []));
    assert.deepEqual(failed, ['a', 'b']);
  });

  it('keeps a bounded part of what is written to standard error', async () => {
    const harness = await withScript(
      'hello(); sys.stdin.readline(); sys.stdin.readline()\nfor _ in range(64): sys.stderr.write("y" * 1_000_000)\nsys.stderr.write("the end"); sys.exit(1)',
      { onLog: () => undefined },
    );
    await harness.client.start(raceRequest('a'));
    const { detail } = await harness.failure('a');
    assert.equal(detail?.length, 4_000);
    assert.ok(detail.endsWith('the end'));
  });

  it('ends a runner that does not answer a cancel and ignores SIGTERM', async () => {
    const harness = await withScript(
      'import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); hello(); time.sleep(600)',
    );
    await harness.client.start(raceRequest('a'));
    const { pid } = await harness.event('hello');
    harness.client.cancel('a');
    assert.equal((await harness.failure('a')).kind, 'cancelled');
    assert.ok(await isGone(pid, 2_000));
  });

  it('cancels a race that waits for the runner to start', async () => {
    const harness = await withScript('time.sleep(0.3); hello(); sys.stdin.read()');
    const started = harness.client.start(raceRequest('a'));
    harness.client.cancel('a');
    await started;
    assert.equal((await harness.failure('a')).kind, 'cancelled');
  });

  const WITH_WORKER = `
import subprocess
code = "import time; time.sleep(600)"
worker = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
def tell():
    for status in STATUSES:
        say(type="worker", framework="torch", status=status, pid=worker.pid, environment=None, failure=None)
`;

  it('kills the workers of a coordinator that was killed', async () => {
    const harness = await withScript(
      `STATUSES = ["starting", "ready"]\n${WITH_WORKER}\nhello(); tell(); time.sleep(600)`,
    );
    await harness.client.warmUp();
    const { pid } = await harness.event('hello');
    const worker = (await harness.event('worker')).pid ?? assert.fail('no worker');
    assert.equal(await isGone(worker, 100), false);
    process.kill(pid, 'SIGKILL');
    assert.ok(await isGone(worker, 2_000));
  });

  for (const [what, statuses, greeting] of [
    ['were told to have ended', '["starting", "exited"]', 'hello()'],
    [
      'may be those of another machine',
      '["starting"]',
      'say(type="hello", protocol=1, runner="0", python="3.11.0", executable="p", pid=os.getpid() + 1)',
    ],
  ] as const) {
    it(`leaves processes alone whose ids ${what}`, async () => {
      const harness = await withScript(
        `STATUSES = ${statuses}\n${WITH_WORKER}\n${greeting}; tell(); say(type="log", level="info", source="end", text=""); time.sleep(600)`,
      );
      await harness.client.warmUp();
      const worker = (await harness.event('worker')).pid ?? assert.fail('no worker');
      await harness.event('log');
      harness.client.kill();
      assert.equal(await isGone(worker, 500), false);
      process.kill(worker, 'SIGKILL');
    });
  }

  it('leaves no process after dispose, not even what the runner started', async () => {
    const harness = await withScript(`
import signal, subprocess
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"])
hello()
say(type="log", level="info", source="child", text=str(child.pid))
time.sleep(600)`);
    await harness.client.warmUp();
    const { pid } = await harness.event('hello');
    const child = Number((await harness.event('log')).text);
    await harness.client.dispose();
    assert.ok(await isGone(pid, 1_000));
    assert.ok(await isGone(child, 1_000));
  });
});
