/** One line at the foot of the terminal that says what is going on; nothing where there is no terminal. */
import type { Terminal } from './terminal';

const ERASE_LINE = '\r\u001b[2K';
const LEAST_INTERVAL_MS = 80;

export class Progress {
  private shown = false;
  private last = -Infinity;

  constructor(
    private readonly terminal: Terminal,
    private readonly now: () => number,
  ) {}

  show(text: string): void {
    if (!this.terminal.showsProgress) return;
    if (this.now() - this.last < LEAST_INTERVAL_MS) return;
    this.last = this.now();
    this.shown = true;
    const room = Math.max(10, this.terminal.errorColumns - 1);
    this.terminal.sayRaw(`${ERASE_LINE}${this.terminal.paintErrors('dim', text.slice(0, room))}`);
  }

  /** Removes the line, so that something else can be written. */
  clear(): void {
    if (this.shown) this.terminal.sayRaw(ERASE_LINE);
    this.shown = false;
  }
}
