/** Where a place of an earlier version of a document is now. */

interface Change {
  readonly version: number;
  readonly start: number;
  readonly removed: number;
  readonly inserted: number;
}

export class Drift {
  private changes: Change[] = [];

  /** @param changes of the edit that led to `version`, each with offsets into the text before it */
  record(
    version: number,
    changes: readonly { readonly rangeOffset: number; readonly rangeLength: number; readonly text: string }[],
  ): void {
    // From the last to the first, no change moves the next one.
    const ordered = [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset);
    for (const { rangeOffset, rangeLength, text } of ordered) {
      this.changes.push({ version, start: rangeOffset, removed: rangeLength, inserted: text.length });
    }
  }

  /** Forgets the edits up to a version: nobody will ask for older places again. */
  forgetUntil(version: number): void {
    this.changes = this.changes.filter((each) => each.version > version);
  }

  /** The offset, in the newest version, of what stood at `offset` in `version`. */
  toNow(offset: number, version: number): number {
    let now = offset;
    for (const { start, removed, inserted, version: made } of this.changes) {
      if (made <= version || start > now || (start === now && removed > 0)) continue;
      now = now >= start + removed ? now - removed + inserted : start;
    }
    return now;
  }
}
