/** An editor that is killed leaves no benchmark behind. */
import assert from 'node:assert/strict';
import process from 'node:process';
import { Panel } from './panel';
import { startedBy, survivorsOf } from './processes';
import { openWorkbench } from './workbench';

const LONGEST_MS = 10_000;
const RUNNER = /-u \S*\brunner( worker|$)/;

describe('an editor that is killed by SIGKILL in the middle of a race', function () {
  this.timeout(120_000);

  it('leaves no process of the race after 10 s', async () => {
    const { page, close } = await openWorkbench({ folder: 'examples', file: 'mlp.py' });
    try {
      await page.lens('Benchmark forward').click();
      await page.answerDialog('Run My Code');
      await new Panel(page.panel()).firstNumber(60_000);
      const started = await startedBy(process.pid, [/--type=extensionHost/, RUNNER, /runner worker/], LONGEST_MS);
      const ofRace = started.filter(({ command }) => RUNNER.test(command));
      assert(ofRace.length >= 3, 'a coordinator and two workers');
      const host = started.filter(({ command }) => /--type=extensionHost|server-main\.js/.test(command));
      for (const { pid } of host) process.kill(pid, 'SIGKILL');
      assert.deepEqual(await survivorsOf(ofRace, LONGEST_MS), []);
    } catch (error) {
      await page.screenshot('failed-killed').catch(() => undefined);
      throw error;
    } finally {
      // The page has lost its server and says so on its console.
      await close().catch(() => undefined);
    }
  });
});
