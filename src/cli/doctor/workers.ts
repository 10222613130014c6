/** Starts the runner with warm workers and waits until each framework is imported, or is known not to be. */
import type { RunnerEvent } from '../../protocol';
import { RunnerClient } from '../../desktop/runner/runnerClient';
import type { RunnerSession } from '../../desktop/runner/runnerClient';
import type { Shutdown } from '../shutdown';
import type { WorkerFacts } from './diagnosis';

/** The runner gives an import 60 s. */
const DEADLINE_MS = 75_000;

type Framework = WorkerFacts['framework'];
type WorkerEvent = Extract<RunnerEvent, { type: 'worker' }>;

export interface WorkerHooks {
  readonly environment: Record<string, string>;
  readonly shutdown: Shutdown;
  readonly onWaiting: (frameworks: readonly Framework[]) => void;
}

export async function workerFacts(session: RunnerSession, hooks: WorkerHooks): Promise<readonly WorkerFacts[]> {
  const frameworks = session.workers.map(({ framework }) => framework);
  const facts = new Map<Framework, WorkerFacts>();
  let finish: () => void;
  const settled = new Promise<void>((resolve) => (finish = resolve));
  const take = (each: WorkerFacts) => {
    facts.set(each.framework, each);
    const waiting = frameworks.filter((framework) => !facts.has(framework));
    hooks.onWaiting(waiting);
    if (waiting.length === 0) finish();
  };
  const client = new RunnerClient({
    session,
    environment: hooks.environment,
    mayStart: () => true,
    onEvent: (event) => {
      if (event.type === 'worker' && event.status !== 'starting') take(factsOf(event));
    },
    onLog: () => undefined,
  });
  const remove = hooks.shutdown.add(client);
  hooks.onWaiting(frameworks);
  const started = await client.warmUp();
  let timer: NodeJS.Timeout | undefined;
  if (started.kind === 'started') {
    await Promise.race([settled, new Promise<void>((resolve) => (timer = setTimeout(resolve, DEADLINE_MS)))]);
  }
  clearTimeout(timer);
  await client.dispose();
  remove();
  const failure = started.kind === 'failed' ? started.failure : TOO_LONG;
  return frameworks.map((framework) => facts.get(framework) ?? { ...NOT_STARTED, framework, failure });
}

function factsOf({ framework, status, environment, failure }: WorkerEvent): WorkerFacts {
  return {
    framework,
    status: status === 'starting' ? 'not started' : status,
    version: environment?.version ?? null,
    devices: environment?.devices ?? [],
    threads: environment?.threads ?? null,
    failure,
  };
}

const NOT_STARTED = { status: 'not started', version: null, devices: [], threads: null } as const;
const TOO_LONG = { kind: 'timedOut', message: `It did not start within ${DEADLINE_MS / 1000} s.` } as const;
