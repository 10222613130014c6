/** Assignments to attributes of `self` in a text, found without parsing it. */

/** `self.name = `, with an annotation or none. */
const ASSIGNMENT = /^[ \t]+self\.(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=(?!=)[ \t]*/gm;

/** What decides where a value ends. Quotes inside of strings may mislead this: it is good for a judgement by words. */
const MARK = /[()[\]{}\n#]|'[^'\n]*'|"[^"\n]*"/g;

/** A longer value is data, or its brackets were misread. */
export const LONGEST_VALUE = 2_000;

export interface Assignment {
  readonly name: string;
  /** To the end of its line, or of the line on which its last bracket is closed. */
  readonly value: string;
}

export function* assignmentsIn(text: string): Generator<Assignment> {
  for (const match of text.matchAll(ASSIGNMENT)) {
    const start = match.index + match[0].length;
    yield { name: match[1] ?? '', value: text.slice(start, endOfValue(text, start)) };
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  MARK.lastIndex = start;
  for (let match = MARK.exec(text); match; match = MARK.exec(text)) {
    const [mark] = match;
    if (mark === '#') MARK.lastIndex = Math.max(text.indexOf('\n', match.index), match.index + 1);
    else if ('([{'.includes(mark)) depth++;
    else if (')]}'.includes(mark)) depth--;
    else if (mark === '\n' && depth <= 0) return match.index;
    if (match.index - start > LONGEST_VALUE) return start + LONGEST_VALUE;
  }
  return text.length;
}
