/**
 * Lines and columns of a text. Offsets and columns are UTF-16 code units, as in JavaScript and VS Code; a
 * line ends at `\n`, `\r\n` or a lone `\r`, as for Python.
 */
export interface Position {
  /** Zero-based. */
  readonly line: number;
  readonly column: number;
}

export class LineIndex {
  private readonly starts: readonly number[];

  constructor(private readonly text: string) {
    const starts = [0];
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 10 || (unit === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
    }
    this.starts = starts;
  }

  get lineCount(): number {
    return this.starts.length;
  }

  position(offset: number): Position {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, column: offset - (this.starts[low] ?? 0) };
  }

  /** The offset of a line's first character; the text's length for lines behind its end. */
  lineStart(line: number): number {
    return this.starts[line] ?? this.text.length;
  }

  /** The column in UTF-8 bytes, as Python's `ast` counts it. A lone surrogate counts three. */
  utf8Column(offset: number): number {
    return utf8Length(this.text, offset - this.position(offset).column, offset);
  }

  /** The white space that a line begins with. */
  indentation(line: number): string {
    return /^[ \t\f]*/.exec(this.text.slice(this.lineStart(line), this.lineStart(line + 1)))?.[0] ?? '';
  }
}

function utf8Length(text: string, from: number, to: number): number {
  let length = 0;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) length += 1;
    else if (unit < 0x800) length += 2;
    else if (unit >= 0xd800 && unit < 0xdc00 && at + 1 < text.length && isLow(text.charCodeAt(at + 1))) {
      length += 4;
      at++;
    } else length += 3;
  }
  return length;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
