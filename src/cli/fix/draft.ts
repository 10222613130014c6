/** A source file that is being changed: its bytes, and its Python as it is analysed. */
import { TextDecoder } from 'node:util';
import { decodeSource, joinCells, notebookEdits, readNotebook } from '../../core';
import type { Chosen, Edit } from '../../core';
import { placingIn, unplaced } from '../analysis/cells';
import type { Placing } from '../analysis/cells';
import { editedBytes } from './editedBytes';

export interface Draft {
  readonly ok: true;
  readonly bytes: Uint8Array;
  /** A Python source, or the cells of a notebook as one. */
  readonly text: string;
  readonly placing: Placing;
  /** The file with fixes applied; null where they cannot be written into it. */
  edited(fixes: readonly Chosen[]): Draft | null;
}

/** Continues a sentence that begins with the file's name. */
export type NoDraft = Extract<ReturnType<typeof readNotebook>, { ok: false }>;

export function draftOf(bytes: Uint8Array, isNotebook: boolean): Draft | NoDraft {
  const file = decodeSource(bytes, TextDecoder);
  const next = (edits: readonly Edit[] | null): Draft | null => {
    const edited = edits && editedBytes(bytes, edits);
    const draft = edited && draftOf(edited, isNotebook);
    return draft?.ok === true ? draft : null;
  };
  if (!isNotebook) {
    const edited = (fixes: readonly Chosen[]) => next(fixes.flatMap(({ fix }) => fix.edits));
    return { ok: true, bytes, text: file, placing: unplaced, edited };
  }
  const notebook = readNotebook(file);
  if (!notebook.ok) return notebook;
  const program = joinCells(notebook.cells);
  const edited = (fixes: readonly Chosen[]) =>
    next(
      notebookEdits(
        file,
        fixes.map(({ finding: { start, end }, fix: { edits } }) => ({ start, end, edits })),
      ),
    );
  return { ok: true, bytes, text: program.text, placing: placingIn(program), edited };
}
