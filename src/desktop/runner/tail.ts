/** The end of a process's standard error, bounded, and safe to show. */
import { stripVTControlCharacters } from 'node:util';

export class Tail {
  private chunks: Buffer[] = [];
  private size = 0;

  /** @param capacity bytes that are kept at least; a quarter more may be held */
  constructor(private readonly capacity = 256 * 1024) {}

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size <= this.capacity * 1.25) return;
    const kept = Buffer.concat(this.chunks).subarray(-this.capacity);
    this.chunks = [kept];
    this.size = kept.length;
  }

  /** The last `characters` of it, without escape sequences and control characters. */
  text(characters: number): string {
    return withoutControls(Buffer.concat(this.chunks).toString('utf8')).trimEnd().slice(-characters);
  }
}

/** Printable text and line breaks: a framework's progress bars and colours are of no use in a log. */
export function withoutControls(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '');
}
