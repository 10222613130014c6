/** Writes a result to the file that `--out` names. */
import { writeFile } from 'node:fs/promises';
import type { Terminal } from './terminal';

/** @returns false where it cannot be written; the reason has been told */
export async function writeOut(file: string, text: string, terminal: Terminal): Promise<boolean> {
  try {
    await writeFile(file, text);
    return true;
  } catch (error) {
    terminal.complain(`${file} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    return false;
  }
}
