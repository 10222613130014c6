/** A client whose events and log a test can wait for, with a runner of the test's own making. */
import assert from 'node:assert/strict';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunnerEvent } from '../../../src/protocol';
import { pythonEnvironment } from '../../../src/desktop/python/environment';
import { RunnerClient } from '../../../src/desktop/runner/runnerClient';
import type { RunnerClientOptions, RunnerSession } from '../../../src/desktop/runner/runnerClient';
import { PYTHON } from './python';

/** From `out/test/desktop`, where the bundled tests lie. */
export const RUNNER = path.join(__dirname, '../../../runner');

export class ClientHarness {
  readonly events: RunnerEvent[] = [];
  readonly log: string[] = [];
  readonly client: RunnerClient;

  constructor(
    session: Partial<RunnerSession> & Pick<RunnerSession, 'storage'>,
    options: Partial<RunnerClientOptions> = {},
  ) {
    this.client = new RunnerClient({
      session: { python: [PYTHON], runner: RUNNER, workers: [], device: 'cpu', warm: false, ...session },
      environment: pythonEnvironment(process.env, process.platform),
      mayStart: () => true,
      onEvent: (event) => this.events.push(event),
      onLog: (text) => this.log.push(text),
      ...options,
    });
  }

  /** The first event of a type, once it is there. */
  async event<Type extends RunnerEvent['type']>(type: Type): Promise<Extract<RunnerEvent, { type: Type }>> {
    for (const until = performance.now() + 8_000; performance.now() < until; await sleep(10)) {
      const found = this.events.find((event) => event.type === type);
      if (found) return found as Extract<RunnerEvent, { type: Type }>;
    }
    assert.fail(`no ${type} among ${JSON.stringify(this.events)}; log: ${this.log.join('\n')}`);
  }

  /** How a race failed. */
  async failure(race: string): Promise<Extract<RunnerEvent, { type: 'failed' }>['failure']> {
    const event = await this.event('failed');
    assert.equal(event.race, race);
    return event.failure;
  }
}
