/**
 * The code cells of a notebook as one program, in their order, as if each had been run once. Cells stand in it as
 * the percent format writes them: behind a line `# %%`. Offsets and columns of a cell are those of the notebook.
 */
import type { Span } from '../lower/ir';
import { pythonOf } from './magics';

export interface Program {
  readonly text: string;
  /** Where each cell stands in the text; null for one that holds no Python. */
  readonly cells: readonly (Span | null)[];
}

/**
 * Ends the code before it, whatever that lacks: cells are compiled one by one, and what is broken in one breaks no
 * other. The grammar's recovery skips a few statements rather than give up what it has begun; in 5,199 torn files,
 * each followed by a whole one, 16 statements were too few 5 times, and 24 never.
 */
const APART = `\n${'pass\n'.repeat(32)}`;

/** @param cells their texts; null for those that are not code in Python */
export function joinCells(cells: readonly (string | null)[]): Program {
  const parts: string[] = [];
  let length = 0;
  const put = (part: string): void => {
    parts.push(part);
    length += part.length;
  };
  const places = cells.map((cell) => {
    const code = cell === null ? null : pythonOf(cell);
    if (!code) return null;
    // IPython takes the indentation away that a whole cell has.
    put(/^(?:[ \t]*[\r\n])*[ \t]+\S/.test(code.text) ? '# %%\nif 1:\n' : '# %%\n');
    const start = length;
    put(code.text);
    const end = length;
    put(code.openString + APART);
    return { start, end };
  });
  return { text: parts.join(''), cells: places };
}
