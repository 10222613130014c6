/** The client with the real coordinator; plain Python is enough. This file is also the parent that gets killed. */
import assert from 'node:assert/strict';
import process from 'node:process';
import { ClientHarness, RUNNER } from './support/clientHarness';
import { PYTHON, isGone, startParent } from './support/python';
import { raceRequest } from './support/race';
import { temporaryFolder } from './support/temporary';
import { workerSpecs } from '../../src/desktop/runner/workers';

const STORAGE = 'MATMUL_LENS_TEST_STORAGE';

/** A worker that takes no part in the protocol, and does not notice that anything ended. */
const SLEEPER = [PYTHON, '-c', 'import time; time.sleep(600)', '--'];

if (process.env[STORAGE] === undefined) suite();
else void serveAsParent(process.env[STORAGE]);

function suite(): void {
  describe('RunnerClient with the real coordinator', () => {
    const folder = temporaryFolder();

    it('is greeted, warms workers, and ends with nothing left', async () => {
      const absent = [PYTHON, '-S', '-u', RUNNER, 'worker', '--framework', 'torch'];
      const workers = [{ framework: 'torch' as const, command: absent }];
      const harness = new ClientHarness({ storage: folder.path, workers, warm: true });
      assert.deepEqual(await harness.client.warmUp(), { kind: 'started' });
      const hello = await harness.event('hello');
      const worker = await harness.event('worker');
      assert.equal(worker.status, 'starting');
      await harness.client.dispose();
      assert.ok(await isGone(hello.pid, 1_000));
      assert.ok(worker.pid !== null && (await isGone(worker.pid, 1_000)));
    });

    it('ends a race of an interpreter without PyTorch with a report or a failure, once', async () => {
      // Without the site module no installed package is found, in whatever interpreter the tests run.
      const workers = workerSpecs(RUNNER, { torch: [PYTHON, '-S'] });
      const harness = new ClientHarness({ storage: folder.path, workers });
      await harness.client.start(raceRequest('a'));
      const worker = await settled(harness, 'absent');
      assert.equal(worker.failure?.kind, 'frameworkAbsent');
      await harness.client.dispose();
      const ends = harness.events.filter(({ type }) => type === 'report' || type === 'failed');
      assert.equal(ends.length, 1);
    });

    it('cancels without ending the coordinator', async () => {
      const workers = [{ framework: 'torch' as const, command: SLEEPER }];
      const harness = new ClientHarness({ storage: folder.path, workers });
      await harness.client.start(raceRequest('a'));
      await harness.event('worker');
      harness.client.cancel('a');
      const end = await Promise.race([harness.event('failed'), harness.event('report')]);
      assert.equal(end.race, 'a');
      assert.deepEqual(await harness.client.warmUp(), { kind: 'started' });
      assert.equal(harness.events.filter(({ type }) => type === 'hello').length, 1);
      await harness.client.dispose();
    });

    it('leaves no process when the editor is killed', async () => {
      const { parent, pids } = await startParent(__filename, { [STORAGE]: folder.path });
      assert.equal(pids.length, 2);
      parent.kill('SIGKILL');
      for (const pid of pids) assert.ok(await isGone(pid, 9_000), `process ${pid} lives on`);
    });
  });
}

async function settled(harness: ClientHarness, status: 'absent') {
  for (;;) {
    const found = harness.events.find((event) => event.type === 'worker' && event.status === status);
    if (found?.type === 'worker') return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Prints the ids of the coordinator and of its worker, and waits to be killed. */
async function serveAsParent(storage: string): Promise<void> {
  const workers = [{ framework: 'torch' as const, command: SLEEPER }];
  const harness = new ClientHarness({ storage, workers, warm: true });
  await harness.client.warmUp();
  const [hello, worker] = await Promise.all([harness.event('hello'), harness.event('worker')]);
  process.stdout.write(`${hello.pid} ${worker.pid}\n`);
}
