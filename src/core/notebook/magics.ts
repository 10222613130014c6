/**
 * The Python in a notebook's cell. What only IPython understands (magics, shell lines, questions for help) becomes
 * harmless code of equal length, so that every offset stays what it is.
 */

export interface CellCode {
  readonly text: string;
  /** The quotes of a string that the cell leaves open; else empty. */
  readonly openString: string;
}

/** `%%name`: the rest of the cell runs as Python among the other cells' names. Under any other name it need not. */
const PYTHON_CELLS = new Set(['time', 'timeit', 'capture', 'prun', 'debug']);

/** The first line that is not blank. */
const CELL_MAGIC = /^\s*%%([^\s?]*)[^\r\n]*/;

/** No statement of Python begins so. A backslash at the end of the line joins the next one to it. */
const ESCAPED_LINE = /([ \t\f]*)([%!?,;/](?:\\\r?\n|[^\r\n])*)/y;

/** `= %magic` or `= !command`. */
const ESCAPED_VALUE = /(=[ \t]*)([%!](?:\\\r?\n|[^\r\n])*)/y;

/** Magics that run the statement behind them, which may be no compound one. */
const STATEMENT_MAGIC =
  /^%(?:time|timeit(?:[ \t]+-\w+(?:[ \t]*\d+)?)*)[ \t]+(?!(?:async|class|def|for|if|match|try|while|with)\b)(?=[^\s\-@%!])/;

/** `%time` gives its statement's value; what `%timeit -o` gives is a measurement. */
const VALUE_MAGIC = /^%time[ \t]+(?=[^\s\-%!])/;

/** @returns null where the cell is not Python at all */
export function pythonOf(cell: string): CellCode | null {
  const magic = CELL_MAGIC.exec(cell);
  if (magic && !PYTHON_CELLS.has(magic[1] ?? '')) return null;
  const reader = new CellReader(cell);
  if (magic) reader.replace(0, blank(magic[0]));
  return reader.read(magic?.[0].length ?? 0);
}

class CellReader {
  /** In the order of the text. */
  private readonly replaced: { readonly start: number; readonly code: string }[] = [];
  private openString = '';

  constructor(private readonly cell: string) {}

  replace(start: number, code: string): void {
    this.replaced.push({ start, code });
  }

  read(from: number): CellCode {
    for (let at = from; at < this.cell.length;) at = this.statement(at);
    let text = '';
    for (const { start, code } of this.replaced) text += this.cell.slice(text.length, start) + code;
    return { text: text + this.cell.slice(text.length), openString: this.openString };
  }

  /** @returns where the next statement begins */
  private statement(start: number): number {
    const { cell } = this;
    const [, indentation = '', line = ''] = this.match(ESCAPED_LINE, start) ?? [];
    let at = start + indentation.length;
    if (line !== '') {
      const prefix = STATEMENT_MAGIC.exec(line)?.[0].length;
      const code = prefix === undefined ? blank(line) : `0${' '.repeat(prefix - 2)};`;
      this.replace(at, code);
      at += code.length;
    }
    for (let depth = 0; at < cell.length;) {
      switch (cell[at]) {
        case '\n':
        case '\r':
          at++;
          if (depth === 0) return at;
          break;
        case '(':
        case '[':
        case '{':
          depth++;
          at++;
          break;
        case ')':
        case ']':
        case '}':
          depth = Math.max(0, depth - 1);
          at++;
          break;
        case '"':
        case "'":
          at = this.endOfString(at);
          break;
        case '#':
          at = this.endOfLine(at);
          break;
        case '\\':
          at += cell.startsWith('\r\n', at + 1) ? 3 : 2;
          break;
        case '=':
          at = depth === 0 ? this.value(at) : at + 1;
          break;
        case '?':
          return this.question(start, at);
        default:
          at++;
      }
    }
    return at;
  }

  private value(at: number): number {
    const [, before = '=', magic = ''] = this.match(ESCAPED_VALUE, at) ?? [];
    const start = at + before.length;
    if (magic === '') return start;
    const prefix = VALUE_MAGIC.exec(magic)?.[0].length;
    // Of the other values nothing is known: no notebook binds this name.
    const code = prefix === undefined ? '__'.slice(0, magic.length) + spaces(magic.slice(2)) : ' '.repeat(prefix);
    this.replace(start, code);
    return start + code.length;
  }

  /** Python knows no question mark: IPython's reader asks for help. */
  private question(start: number, at: number): number {
    const end = this.endOfLine(at);
    while ((this.replaced.at(-1)?.start ?? -1) >= start) this.replaced.pop();
    this.replace(start, blank(this.cell.slice(start, end)));
    return end;
  }

  private endOfLine(at: number): number {
    while (at < this.cell.length && this.cell[at] !== '\n' && this.cell[at] !== '\r') at++;
    return at;
  }

  /** A string in one pair of quotes ends with its line at the latest. */
  private endOfString(start: number): number {
    const { cell } = this;
    const quote = cell[start] ?? '';
    const isLong = cell.startsWith(quote.repeat(3), start);
    const quotes = isLong ? quote.repeat(3) : quote;
    for (let at = start + quotes.length; at < cell.length; at++) {
      if (cell[at] === '\\') at++;
      else if (cell.startsWith(quotes, at)) return at + quotes.length;
      else if (!isLong && (cell[at] === '\n' || cell[at] === '\r')) return at;
    }
    if (isLong) this.openString = quotes;
    return cell.length;
  }

  private match(pattern: RegExp, at: number): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(this.cell);
  }
}

/** A statement that does nothing: a block may hold nothing else. */
function blank(code: string): string {
  const begin = /^\s*/.exec(code)?.[0].length ?? 0;
  return `${spaces(code.slice(0, begin))}${begin < code.length ? '0' : ''}${spaces(code.slice(begin + 1))}`;
}

function spaces(code: string): string {
  return code.replace(/[^\r\n]/g, ' ');
}
