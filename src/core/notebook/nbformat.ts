/** The cells of a notebook's file (nbformat 4: JSON). */

export type NotebookFile =
  | {
      readonly ok: true;
      /** The texts of all cells, in order; null for those that are not code in Python. */
      readonly cells: readonly (string | null)[];
    }
  /** Continues a sentence that begins with the file's name. */
  | { readonly ok: false; readonly reason: string };

export function readNotebook(json: string): NotebookFile {
  let notebook: unknown;
  try {
    notebook = JSON.parse(json);
  } catch {
    return { ok: false, reason: 'is not a notebook: it is not JSON' };
  }
  const cells = property(notebook, 'cells');
  if (!Array.isArray(cells)) return { ok: false, reason: 'is not a notebook of nbformat 4: it has no list of cells' };
  const metadata = property(notebook, 'metadata');
  const language =
    property(property(metadata, 'language_info'), 'name') ?? property(property(metadata, 'kernelspec'), 'language');
  const isPython = (cell: unknown): boolean => {
    const own = property(property(property(cell, 'metadata'), 'vscode'), 'languageId');
    return property(cell, 'cell_type') === 'code' && (own ?? language ?? 'python') === 'python';
  };
  return { ok: true, cells: cells.map((cell: unknown) => (isPython(cell) ? sourceOf(cell) : null)) };
}

/** A text, or a list of its lines with their ends. */
function sourceOf(cell: unknown): string | null {
  const source = property(cell, 'source');
  const lines = Array.isArray(source) ? source : [source];
  return lines.every((each) => typeof each === 'string') ? lines.join('') : null;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
