/** What cannot be translated faithfully, and why. */
import type { Span } from '../lower/ir';

/** `start` and `end` count from the beginning of the file. */
export interface Refusal extends Span {
  readonly reason: string;
  /** What the reader can do instead; null where nothing simple helps. */
  readonly wayOut: string | null;
}

/** Collects refusals; the first one of a place holds, since what follows from it is no news. */
export class Refusals {
  private readonly found = new Map<string, Refusal>();

  add(refusal: Refusal): void {
    const id = `${refusal.start}:${refusal.end}`;
    if (!this.found.has(id)) this.found.set(id, refusal);
  }

  get size(): number {
    return this.found.size;
  }

  list(): readonly Refusal[] {
    return [...this.found.values()].sort((a, b) => a.start - b.start || a.end - b.end);
  }

  first(): Refusal | null {
    return this.found.values().next().value ?? null;
  }
}
