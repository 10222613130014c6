/** The files that the operands of a command name. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { walk } from '../../desktop/files/walk';
import { LONGEST_SOURCE_BYTES, TOO_LONG } from '../../desktop/files/source';
import type { FileToRead } from './fileWork';

/** The name of standard input in results. */
export const STDIN = '<stdin>';

export type Sources =
  | {
      readonly ok: true;
      readonly files: AsyncIterable<FileToRead>;
      /** How many were named, none of them a folder. */ readonly named: number | null;
    }
  | { readonly ok: false; readonly message: string };

/**
 * Checks that everything that was named is there, before anything is read.
 * @param onUnreadable told of folders that cannot be searched, with the reason
 */
export async function findSources(
  operands: readonly string[],
  stdin: Readable,
  onUnreadable: (shown: string, reason: string) => void,
): Promise<Sources> {
  const folders = new Set<string>();
  for (const operand of operands) {
    if (operand === '-') continue;
    try {
      if ((await stat(operand)).isDirectory()) folders.add(operand);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return { ok: false, message: `${operand} ${code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`}` };
    }
  }
  const files = filesOf(operands, folders, stdin, onUnreadable);
  return { ok: true, files, named: folders.size === 0 ? operands.length : null };
}

async function* filesOf(
  operands: readonly string[],
  folders: ReadonlySet<string>,
  stdin: Readable,
  onUnreadable: (shown: string, reason: string) => void,
): AsyncGenerator<FileToRead> {
  const seen = new Set<string>();
  for (const operand of operands) {
    if (operand === '-') {
      const input = await readInput(stdin);
      if (input === null) onUnreadable(STDIN, TOO_LONG);
      else yield { path: STDIN, shown: STDIN, input };
      continue;
    }
    if (!folders.has(operand)) {
      const place = path.resolve(operand);
      if (!seen.has(place)) yield { path: place, shown: operand };
      seen.add(place);
      continue;
    }
    for await (const found of walk(operand)) {
      if (found.kind === 'unreadable') onUnreadable(found.shown, `cannot be searched (${found.reason})`);
      else if (!seen.has(found.path)) {
        seen.add(found.path);
        yield { path: found.path, shown: found.shown };
      }
    }
  }
}

/** Everything from standard input; null where it is longer than any source. */
export async function readInput(stdin: Readable): Promise<Uint8Array | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_SOURCE_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
