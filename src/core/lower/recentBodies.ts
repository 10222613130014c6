/**
 * The bodies of functions that were read last, by their text: code that is copied from file to file, and what another
 * file asks for as well, is read once. Offsets count from a function's beginning, so that one body stands for all.
 */
import type { ReadBody } from './lower';

export class RecentBodies {
  /** The one that was used last is the last. */
  private readonly kept = new Map<string, ReadBody>();
  private characters = 0;

  /** @param most characters of source of the bodies that are kept */
  constructor(private readonly most: number) {}

  read(text: string, read: () => ReadBody): ReadBody {
    const known = this.kept.get(text);
    const body = known ?? read();
    if (known) this.kept.delete(text);
    else this.characters += text.length;
    this.kept.set(text, body);
    for (const oldest of this.kept.keys()) {
      if (this.characters <= this.most || oldest === text) break;
      this.kept.delete(oldest);
      this.characters -= oldest.length;
    }
    return body;
  }

  clear(): void {
    this.kept.clear();
    this.characters = 0;
  }
}
