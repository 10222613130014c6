/**
 * A text with its functions' bodies left out, so that what a file defines can be read without parsing all of it: most
 * bodies are never asked for, and those that are can be parsed by themselves.
 */

/** What decides where strings, comments, brackets and lines begin and end. */
const MARK = /"""|'''|["'#()[\]{}\n\\]/g;

/** To the end of a string on one line. */
const REST = { '"': /(?:[^"\\\n]|\\[^])*"/y, "'": /(?:[^'\\\n]|\\[^])*'/y } as const;

/** Tabs count differently to everyone, a lone CR ends a line, and a form feed begins one anew. */
const STRANGE = /\t|\f|\0|\r(?!\n)|\ufeff/;

/** A shorter body is left where it is. */
const SHORTEST = 40;

const DEFINITION = /(?:async +)?def +\w/y;

/** Comments that have to be seen. */
const DIRECTIVE = /#[ \t]*(?:matmul-lens|shape):|^# %%/m;

export interface Outline {
  /** As long as the whole text, with every offset where it is there. */
  readonly text: string;
  /** What need not be looked at, in order: nothing but spaces. */
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
}

/** A line that a newline ends which stands in no bracket, string or comment. */
interface Line {
  /** Where its first character that is no space stands, and how many spaces are before it. */
  readonly start: number;
  readonly indent: number;
  /** Behind its last character that is code. */
  readonly end: number;
}

/**
 * The text with spaces in place of the bodies of functions; one that is left out has an expression at its beginning
 * and another one at its end. A tree of it that has no error is that of the text, but for these bodies.
 * @returns null where the lines do not show plainly what is in them
 */
export function outlineOf(text: string): Outline | null {
  if (STRANGE.test(text)) return null;
  const lines = linesOf(text);
  if (!lines) return null;
  const gaps: { start: number; end: number }[] = [];
  let outline = '';
  let done = 0;
  for (let at = 0; at < lines.length; at++) {
    const head = lines[at];
    if (!head || !isDefinition(text, head)) continue;
    const first = lines[at + 1];
    if (!first || first.indent <= head.indent) continue;
    let last = first;
    for (let next = lines[at + 1]; next && next.indent > head.indent; next = lines[++at + 1]) {
      if (next.indent < first.indent) return null;
      last = next;
    }
    const body = text.slice(first.start, last.end);
    if (body.length < SHORTEST + first.indent || DIRECTIVE.test(body)) continue;
    const start = first.start + 1;
    const end = last.end - first.indent - 2;
    outline += `${text.slice(done, first.start)}0${' '.repeat(end - start)}\n${' '.repeat(first.indent)}0`;
    done = last.end;
    gaps.push({ start, end });
  }
  return { text: outline + text.slice(done), gaps };
}

/** A function's header whose body stands on lines of its own. */
function isDefinition(text: string, { start, end }: Line): boolean {
  DEFINITION.lastIndex = start;
  return DEFINITION.test(text) && text[end - 1] === ':';
}

/** Lines with code, in order; null where strings or brackets do not end. */
function linesOf(text: string): readonly Line[] | null {
  const lines: Line[] = [];
  let begin = 0;
  let depth = 0;
  /** Behind the last mark that is code, in the present line. */
  let code = 0;
  const close = (end: number): void => {
    let last = end;
    while (last > code && isSpace(text, last - 1)) last--;
    let start = begin;
    while (start < last && text[start] === ' ') start++;
    if (start < last) lines.push({ start, indent: start - begin, end: last });
  };
  MARK.lastIndex = 0;
  for (let match = MARK.exec(text); match; match = MARK.exec(text)) {
    const [mark] = match;
    const { index } = match;
    if (mark === '\n') {
      if (depth > 0) continue;
      close(index);
      begin = code = index + 1;
    } else if (mark === '#') {
      const end = text.indexOf('\n', index);
      if (depth === 0) {
        close(index);
        begin = code = end + 1;
      }
      if (end < 0) return depth === 0 ? lines : null;
      MARK.lastIndex = end + 1;
    } else if (mark === '\\') {
      MARK.lastIndex = index + (text[index + 1] === '\r' ? 3 : 2);
    } else if ('([{'.includes(mark)) depth++;
    else if (')]}'.includes(mark)) {
      if (--depth < 0) return null;
      code = index + 1;
    } else {
      const end = endOfString(text, index + mark.length, mark);
      if (end < 0) return null;
      code = MARK.lastIndex = end;
    }
  }
  if (depth > 0) return null;
  close(text.length);
  return lines;
}

function isSpace(text: string, at: number): boolean {
  const each = text[at];
  return each === ' ' || each === '\r';
}

/** Behind a string's closing quotes, or -1. */
function endOfString(text: string, from: number, quotes: string): number {
  if (quotes === '"' || quotes === "'") {
    const rest = REST[quotes];
    rest.lastIndex = from;
    return rest.test(text) ? rest.lastIndex : -1;
  }
  for (let at = text.indexOf(quotes, from); at >= 0; at = text.indexOf(quotes, at + 1)) {
    let backslashes = 0;
    while (at - backslashes > from && text[at - backslashes - 1] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + quotes.length;
  }
  return -1;
}
