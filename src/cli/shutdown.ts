/** What must be ended when the command is, on whatever way it ends. */

export interface Ending {
  /** Ends it in order. */
  dispose(): Promise<void>;
  /** Ends it at once, without waiting. */
  kill(): void;
}

export class Shutdown {
  private readonly running = new Set<Ending>();
  private stopping = false;

  /** @param exit ends the process */
  constructor(private readonly exit: (status: number) => void) {}

  /** Has something ended with the command. The result takes it off the list again. */
  add(ending: Ending): () => void {
    this.running.add(ending);
    return () => this.running.delete(ending);
  }

  /** Ends everything, then the process; asked a second time, does not wait. */
  async stop(status: number): Promise<void> {
    if (this.stopping) {
      this.kill();
      this.exit(status);
      return;
    }
    this.stopping = true;
    await Promise.allSettled([...this.running].map((each) => each.dispose()));
    this.exit(status);
  }

  kill(): void {
    for (const each of this.running) each.kill();
  }
}
