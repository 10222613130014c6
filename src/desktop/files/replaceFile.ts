/** Writes a file that was read before, whole or not at all. */
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

export type Replaced =
  /** `same`: it holds that already. */
  | { readonly ok: true; readonly how: 'written' | 'same' }
  /** Continues a sentence that begins with the file's name. */
  | { readonly ok: false; readonly reason: string };

/**
 * A link stays a link: what it leads to is written. In one go, so that no signal comes in between.
 * @param before what was read; a file that holds something else by now is left alone
 */
export function replaceFile(file: string, before: Uint8Array, after: Uint8Array): Replaced {
  let temporary: string | null = null;
  try {
    const real = realpathSync(file);
    const { mode, uid, gid } = statSync(real);
    // The superuser may write everything, and a file that nobody is to write is not meant to be written by that.
    if ((mode & 0o222) === 0) return { ok: false, reason: 'is read-only: nothing was written' };
    accessSync(real, constants.W_OK);
    temporary = path.join(path.dirname(real), `.${path.basename(real)}.${randomUUID()}.tmp`);
    const handle = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(handle, after);
      const made = fstatSync(handle);
      if (made.uid !== uid || made.gid !== gid) giveTo(temporary, uid, gid);
    } finally {
      closeSync(handle);
    }
    chmodSync(temporary, mode & 0o7777);
    // As late as can be.
    const now = readFileSync(real);
    if (now.equals(after)) return { ok: true, how: 'same' };
    if (!now.equals(before)) {
      return { ok: false, reason: 'was changed while it was analysed: nothing was written; run the command again' };
    }
    renameSync(temporary, real);
    temporary = null;
    return { ok: true, how: 'written' };
  } catch (error) {
    return { ok: false, reason: whyNot(error as NodeJS.ErrnoException) };
  } finally {
    if (temporary !== null) rmSync(temporary, { force: true });
  }
}

/** Only the superuser may give a file away; whoever else may write it becomes its owner. */
function giveTo(file: string, uid: number, gid: number): void {
  try {
    chownSync(file, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

function whyNot({ code, message, path: place, syscall }: NodeJS.ErrnoException): string {
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return `cannot be written (${code ?? message})`;
  const isFolder = syscall === 'open' && place?.endsWith('.tmp') === true;
  return `may not be written${isFolder ? ': its folder takes no new file' : ''} (${code})`;
}
