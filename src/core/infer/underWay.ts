/**
 * Results under way, each waiting for those that it asks for. What is asked for in a circle is not known yet, and a
 * result that rests on that gap holds only as long as the one that is missing is under way: asked for by itself, it
 * is computed again. So each result is what it would be if it were asked for first, and the order of asking, which
 * is another after an edit than in a fresh analysis, does not matter.
 */
interface Waiting {
  readonly id: string;
  /** Place in the stack of the lowest result that it rests on without knowing it; its own where there is none. */
  low: number;
  /** Results that are dropped when this one is there. */
  readonly held: string[];
}

interface Held {
  readonly result: unknown;
  readonly low: number;
}

export class UnderWay {
  private readonly stack: Waiting[] = [];
  private readonly held = new Map<string, Held>();

  /** Whether a result is being computed already; the one that asks for it then rests on not knowing it. */
  closesCircle(id: string): boolean {
    const at = this.stack.findIndex((each) => each.id === id);
    if (at >= 0) this.restOn(at);
    return at >= 0;
  }

  /** A result that holds only for the time being. */
  heldResult(id: string): { readonly result: unknown } | null {
    const held = this.held.get(id);
    if (held) this.restOn(held.low);
    return held ?? null;
  }

  /** @returns the result, and whether it holds for good */
  compute<T>(id: string, compute: () => T): { readonly result: T; readonly settled: boolean } {
    const at = this.stack.length;
    const waiting: Waiting = { id, low: at, held: [] };
    this.stack.push(waiting);
    try {
      const result = compute();
      this.stack.pop();
      const settled = waiting.low >= at;
      if (!settled) {
        this.held.set(id, { result, low: waiting.low });
        this.stack[waiting.low]?.held.push(id);
        this.restOn(waiting.low);
      }
      return { result, settled };
    } finally {
      this.stack.length = at;
      for (const each of waiting.held) this.held.delete(each);
    }
  }

  private restOn(at: number): void {
    const top = this.stack.at(-1);
    if (top && at < top.low) top.low = at;
  }
}
