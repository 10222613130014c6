/**
 * The process groups of a coordinator's workers, to be killed when it ends: it ends them itself, but not when it was
 * killed, and only Linux tells a process that its parent is gone.
 */
import type { RunnerEvent } from '../../protocol';
import { signalGroup } from './processGroup';

export class WorkerGroups {
  private readonly leaders = new Set<number>();
  private isHere = false;

  /** @param coordinator id of the process that we started; undefined where there is none */
  note(event: RunnerEvent, coordinator: number | undefined): void {
    // Behind a launcher the coordinator may run in a container or on another machine, where ids mean other processes.
    if (event.type === 'hello') this.isHere = event.pid === coordinator;
    if (event.type !== 'worker' || event.pid === null || event.pid <= 1) return;
    if (event.status === 'starting' || event.status === 'ready') this.leaders.add(event.pid);
    else this.leaders.delete(event.pid);
  }

  /** Kills every group whose end was not told. */
  kill(): void {
    if (this.isHere) for (const each of this.leaders) signalGroup(each, 'kill');
    this.leaders.clear();
  }
}
