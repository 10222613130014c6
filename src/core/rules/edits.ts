/** Applies edits to a text. */
import type { Edit, Fix } from './finding';

/** The text with all fixes applied; a fix that overlaps an earlier one is left out whole. */
export function applyEdits(text: string, fixes: readonly Pick<Fix, 'edits'>[]): string {
  const taken: Edit[] = [];
  for (const { edits } of fixes) {
    if (!edits.some((edit) => taken.some((each) => collide(each, edit)))) taken.push(...edits);
  }
  let result = '';
  let at = 0;
  for (const { start, end, newText } of inOrder(taken)) {
    result += text.slice(at, start) + newText;
    at = end;
  }
  return result + text.slice(at);
}

/** From the first to the last; what is put in at a place comes before what is replaced from there on. */
export function inOrder(edits: readonly Edit[]): readonly Edit[] {
  return edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** Whether two edits cannot both be made: where two texts go to one place, neither is the first. */
export function collide(a: Edit, b: Edit): boolean {
  return (a.start < b.end && b.start < a.end) || (a.start === b.start && a.end === b.end);
}

/** A text with line breaks like those that stand around a place of another text. */
export function inLineEndings(newText: string, text: string, at: number): string {
  if (!/[\r\n]/.test(newText)) return newText;
  const after = /\r\n|\r|\n/.exec(text.slice(at))?.[0];
  const ending = after ?? /(?:\r\n|\r|\n)(?=[^\r\n]*$)/.exec(text.slice(0, at))?.[0] ?? '\n';
  return newText.replace(/\r\n|\r|\n/g, ending);
}
