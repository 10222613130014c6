/** Runs one race from its start to its end. */
import { newRace, reduceRace } from '../../protocol';
import type { RaceRequest, RaceState, RunnerEvent } from '../../protocol';
import { RunnerClient } from '../../desktop/runner/runnerClient';
import type { RunnerSession } from '../../desktop/runner/runnerClient';
import type { Shutdown } from '../shutdown';

export interface RaceHooks {
  readonly shutdown: Shutdown;
  readonly environment: Record<string, string>;
  readonly onEvent: (event: RunnerEvent, race: RaceState) => void;
  readonly onLog: (text: string) => void;
}

export async function runRace(request: RaceRequest, session: RunnerSession, hooks: RaceHooks): Promise<RaceState> {
  let state = newRace(request.id);
  let finish: () => void;
  const over = new Promise<void>((resolve) => (finish = resolve));
  const client = new RunnerClient({
    session,
    environment: hooks.environment,
    // The reader's command line is the consent.
    mayStart: () => true,
    onEvent: (event) => {
      state = reduceRace(state, event);
      hooks.onEvent(event, state);
      if (state.status !== 'running') finish();
    },
    onLog: hooks.onLog,
  });
  const remove = hooks.shutdown.add(client);
  await client.start(request);
  await over;
  await client.dispose();
  remove();
  return state;
}
