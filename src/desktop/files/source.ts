/** Reads a Python source file as text. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { TextDecoder } from 'node:util';
import { decodeSource } from '../../core';

/** Longer files are generated data; reading them would take memory and time for nothing. */
export const LONGEST_SOURCE_BYTES = 16 * 1024 * 1024;

export type Source =
  | { readonly ok: true; readonly text: string }
  /** Continues a sentence that begins with the file's name. */
  | { readonly ok: false; readonly reason: string };

export type SourceBytes =
  | { readonly ok: true; readonly bytes: Uint8Array }
  /** Continues a sentence that begins with the file's name. */
  | { readonly ok: false; readonly reason: string };

export function readSource(file: string): Source {
  const source = readSourceBytes(file);
  return source.ok ? { ok: true, text: decodeSource(source.bytes, TextDecoder) } : source;
}

/** In one go: whoever reads a thousand files has nothing else to do meanwhile. */
export function readSourceBytes(file: string): SourceBytes {
  try {
    const handle = openSync(file, 'r');
    try {
      const found = fstatSync(handle);
      if (!found.isFile()) return { ok: false, reason: 'is not a file' };
      if (found.size > LONGEST_SOURCE_BYTES) return { ok: false, reason: TOO_LONG };
      return { ok: true, bytes: readFileSync(handle) };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return { ok: false, reason: whyNot(error as NodeJS.ErrnoException) };
  }
}

/** Jupyter's own files, which hold Python among other things. */
export function isNotebook(file: string): boolean {
  return file.endsWith('.ipynb');
}

export const TOO_LONG = `has over ${LONGEST_SOURCE_BYTES / 1024 / 1024} MB: too long to be source`;

function whyNot({ code, message }: NodeJS.ErrnoException): string {
  switch (code) {
    case 'ENOENT':
      return 'does not exist';
    case 'EACCES':
    case 'EPERM':
      return 'may not be read';
    case 'EISDIR':
      return 'is a folder';
    default:
      return `cannot be read (${code ?? message})`;
  }
}
