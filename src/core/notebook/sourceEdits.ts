/** Edits of a notebook's program, as edits of its file: of the cells' sources alone, written as they were written. */
import type { Span } from '../lower/ir';
import { applyEdits, inLineEndings } from '../rules/edits';
import type { Edit } from '../rules/finding';
import { JsonPlaces } from './jsonPlaces';
import { readNotebook } from './nbformat';
import { joinCells } from './program';

/** A change, and the code that it speaks of. */
export interface NotebookChange extends Span {
  readonly edits: readonly Edit[];
}

/**
 * @param json the notebook's file
 * @param changes with offsets of its program
 * @returns null where one reaches out of its cell, or touches what is no Python: the program has other code there
 */
export function notebookEdits(json: string, changes: readonly NotebookChange[]): readonly Edit[] | null {
  const notebook = readNotebook(json);
  if (!notebook.ok) return null;
  const program = joinCells(notebook.cells);
  const byCell = new Map<number, Edit[]>();
  for (const change of changes) {
    for (const span of [change, ...change.edits]) {
      const at = program.cells.findIndex((each) => each && span.start >= each.start && span.end <= each.end);
      const start = program.cells[at]?.start ?? 0;
      const moved = { start: span.start - start, end: span.end - start };
      const code = notebook.cells[at]?.slice(moved.start, moved.end);
      if (code !== program.text.slice(span.start, span.end)) return null;
      if ('newText' in span) byCell.set(at, [...(byCell.get(at) ?? []), { ...moved, newText: span.newText }]);
    }
  }
  const places = new JsonPlaces(json);
  const cells = places.member(places.root(), 'cells');
  const elements = cells ? places.elements(cells) : [];
  const result: Edit[] = [];
  for (const [at, edits] of byCell) {
    const [cell, text] = [elements[at], notebook.cells[at] ?? ''];
    const source = cell ? places.member(cell, 'source') : null;
    if (!source) return null;
    const kept = edits.map((each) => ({ ...each, newText: inLineEndings(each.newText, text, each.start) }));
    const newText = writtenLike(json, source, places.elements(source), applyEdits(text, [{ edits: kept }]));
    result.push({ ...source, newText });
  }
  return result;
}

/** A cell's text as its source was written: as one string, or as a list of lines with their indentation. */
function writtenLike(json: string, source: Span, lines: readonly Span[], text: string): string {
  const before = json.slice(source.start, source.end);
  const isAscii = /^[\0-\x7f]*$/.test(before) && /\\u[0-9a-f]{4}/i.test(before);
  const literal = (part: string): string => {
    const written = JSON.stringify(part);
    if (!isAscii) return written;
    return written.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  };
  const [first, second] = lines;
  const last = lines.at(-1);
  if (!first || !last) return literal(text);
  const raw = lines.map(({ start, end }) => json.slice(start, end));
  const known = new Map(raw.map((each) => [JSON.parse(each) as string, each]));
  const open = json.slice(source.start, first.start);
  const between = second ? json.slice(first.end, second.start) : `,${/\s/.test(open) ? open.slice(1) : ' '}`;
  const parts = text.match(/[^\n]*\n|[^\n]+/g) ?? [];
  return open + parts.map((each) => known.get(each) ?? literal(each)).join(between) + json.slice(last.end, source.end);
}
