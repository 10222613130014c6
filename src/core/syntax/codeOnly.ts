/** The code of a text without what its strings and comments say. */

/** Where a string or a comment begins. */
const BEGIN = /"""|'''|["'#]/g;

/** To the end of a string on one line: its quote, or the line's end where that is missing. */
const REST = { '"': /(?:[^"\\\n]|\\[^])*/y, "'": /(?:[^'\\\n]|\\[^])*/y } as const;

/** What may stand before the quote of a string whose fields are code. */
const FORMATTED = /(?<!\w)(?:[ft]r?|r[ft])$/i;
const LONGEST_PREFIX = 3;

/**
 * The same text, as long and with every offset where it was, but with spaces in place of what stands in strings and
 * comments. Formatted strings stay, since their fields are code.
 * @param text that begins outside of strings
 */
export function codeOnly(text: string): string {
  BEGIN.lastIndex = 0;
  let code = '';
  let done = 0;
  for (let match = BEGIN.exec(text); match; match = BEGIN.exec(text)) {
    const [mark] = match;
    const inside = match.index + mark.length;
    const end = mark === '#' ? endOfLine(text, inside) : endOfString(text, inside, mark);
    if (mark === '#' || !isFormatted(text, match.index)) {
      code += text.slice(done, inside) + ' '.repeat(end - inside);
      done = end;
    }
    BEGIN.lastIndex = mark === '#' ? end : end + mark.length;
  }
  return done === 0 ? text : code + text.slice(done);
}

function isFormatted(text: string, quote: number): boolean {
  return FORMATTED.test(text.slice(Math.max(quote - LONGEST_PREFIX, 0), quote));
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Where the closing quotes stand, or where a string ends that has none. */
function endOfString(text: string, from: number, quotes: string): number {
  if (quotes === '"' || quotes === "'") {
    const rest = REST[quotes];
    rest.lastIndex = from;
    rest.test(text);
    return rest.lastIndex;
  }
  for (let at = text.indexOf(quotes, from); at >= 0; at = text.indexOf(quotes, at + 1))
    if (!isEscaped(text, from, at)) return at;
  return text.length;
}

function isEscaped(text: string, from: number, at: number): boolean {
  let backslashes = 0;
  while (at - backslashes > from && text[at - backslashes - 1] === '\\') backslashes++;
  return backslashes % 2 === 1;
}
