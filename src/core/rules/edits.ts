/** Applies edits to a text. */
import type { Edit, Fix } from './finding';

/** The text with all fixes applied; a fix that overlaps an earlier one is left out whole. */
export function applyEdits(text: string, fixes: readonly Pick<Fix, 'edits'>[]): string {
  const taken: Edit[] = [];
  for (const { edits } of fixes) {
    const free = edits.every((edit) => !taken.some((each) => each.start < edit.end && edit.start < each.end));
    if (free) taken.push(...edits);
  }
  let result = text;
  for (const each of taken.toSorted((a, b) => b.start - a.start || b.end - a.end)) {
    result = result.slice(0, each.start) + each.newText + result.slice(each.end);
  }
  return result;
}
