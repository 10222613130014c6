/** Where values stand in a text that is known to be JSON, so that one can be replaced and the rest left as it is. */
import type { Span } from '../lower/ir';

export class JsonPlaces {
  constructor(private readonly json: string) {}

  /** The whole value. */
  root(): Span {
    return this.valueAt(0);
  }

  /** The value of an object's member; of several, the last, as readers of JSON have it. */
  member({ start }: Span, name: string): Span | null {
    if (this.json[start] !== '{') return null;
    let found: Span | null = null;
    for (let at = this.skip(start + 1); this.json[at] !== '}'; at = this.comma(at)) {
      const key = this.valueAt(at);
      const value = this.valueAt(this.skip(key.end) + 1);
      if (JSON.parse(this.json.slice(key.start, key.end)) === name) found = value;
      at = value.end;
    }
    return found;
  }

  elements({ start }: Span): readonly Span[] {
    if (this.json[start] !== '[') return [];
    const found: Span[] = [];
    for (let at = this.skip(start + 1); this.json[at] !== ']'; at = this.comma(at)) {
      const value = this.valueAt(at);
      found.push(value);
      at = value.end;
    }
    return found;
  }

  private valueAt(from: number): Span {
    const start = this.skip(from);
    const first = this.json[start];
    if (first === '"') return { start, end: this.endOfString(start) };
    if (first !== '{' && first !== '[') {
      let end = start;
      while (end < this.json.length && !/[\s,\]}]/.test(this.json[end] ?? '')) end++;
      return { start, end };
    }
    for (let depth = 0, at = start; at < this.json.length; at++) {
      const unit = this.json[at];
      if (unit === '"') at = this.endOfString(at) - 1;
      else if (unit === '{' || unit === '[') depth++;
      else if ((unit === '}' || unit === ']') && --depth === 0) return { start, end: at + 1 };
    }
    return { start, end: this.json.length };
  }

  private endOfString(start: number): number {
    for (let at = start + 1; at < this.json.length; at++) {
      if (this.json[at] === '\\') at++;
      else if (this.json[at] === '"') return at + 1;
    }
    return this.json.length;
  }

  private comma(at: number): number {
    const next = this.skip(at);
    return this.json[next] === ',' ? this.skip(next + 1) : next;
  }

  private skip(from: number): number {
    let at = from;
    while (at < this.json.length && /[\s\ufeff]/.test(this.json[at] ?? '')) at++;
    return at;
  }
}
