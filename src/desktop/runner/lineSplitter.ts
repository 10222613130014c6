/** Cuts a byte stream into lines; a line over the bound is dropped as it comes and never held in memory. */

export type Line =
  | { readonly kind: 'line'; readonly text: string }
  /** `bytes` is the length of the line that was dropped. */
  | { readonly kind: 'oversized'; readonly bytes: number };

const NEWLINE = 0x0a;

export class LineSplitter {
  private parts: Buffer[] = [];
  private length = 0;

  /** @param limit longest accepted line in bytes, without its newline */
  constructor(
    private readonly limit: number,
    private readonly onLine: (line: Line) => void,
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      this.add(chunk.subarray(from, at));
      this.finish();
      from = at + 1;
    }
    this.add(chunk.subarray(from));
  }

  /** The stream has ended; a last line without its newline was cut off and counts as none. */
  end(): void {
    this.parts = [];
    this.length = 0;
  }

  private add(part: Buffer): void {
    if (part.length === 0) return;
    this.length += part.length;
    if (this.length > this.limit) this.parts = [];
    else this.parts.push(part);
  }

  private finish(): void {
    const { parts, length } = this;
    this.end();
    if (length > this.limit) this.onLine({ kind: 'oversized', bytes: length });
    else this.onLine({ kind: 'line', text: Buffer.concat(parts).toString('utf8') });
  }
}
