/**
 * Reads a Python source file as text.
 *
 * The encoding is Python's (PEP 263): UTF-8, with or without a byte order mark, unless a comment in the first two
 * lines declares another. The mark is left out, as editors and Python's `ast` leave it out, so that columns agree.
 * Bytes that are not of the encoding become U+FFFD, at most one for each; Python itself refuses such a file. Lines
 * stay exact; on a line that holds such bytes, columns behind them are those of the text as it is shown here, in
 * which each replacement counts three bytes. A lone surrogate, which UTF-8 cannot hold, is three such bytes.
 *
 * Two characters become others of the same length, so that no offset moves: a lone CR becomes LF, as Python reads
 * it, and NUL, which Python refuses and the parser takes for the end of the text, becomes a space.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { TextDecoder } from 'node:util';

/** Longer files are generated data; reading them would take memory and time for nothing. */
export const LONGEST_SOURCE_BYTES = 16 * 1024 * 1024;

export type Source =
  | { readonly ok: true; readonly text: string }
  /** Continues a sentence that begins with the file's name. */
  | { readonly ok: false; readonly reason: string };

const ENCODING_DECLARATION = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const BLANK_OR_COMMENT = /^[ \t\f]*(?:[#\r\n]|$)/;

/** In one go: whoever reads a thousand files has nothing else to do meanwhile. */
export function readSource(file: string): Source {
  try {
    const handle = openSync(file, 'r');
    try {
      const found = fstatSync(handle);
      if (!found.isFile()) return { ok: false, reason: 'is not a file' };
      if (found.size > LONGEST_SOURCE_BYTES) return { ok: false, reason: TOO_LONG };
      return { ok: true, text: decodeSource(readFileSync(handle)) };
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    return { ok: false, reason: whyNot(error as NodeJS.ErrnoException) };
  }
}

export const TOO_LONG = `has over ${LONGEST_SOURCE_BYTES / 1024 / 1024} MB: too long to be source`;

export function decodeSource(bytes: Uint8Array): string {
  const text = decoderFor(bytes).decode(bytes);
  return text.replace(/\r(?!\n)/g, '\n').replaceAll('\0', ' ');
}

function decoderFor(bytes: Uint8Array): TextDecoder {
  const utf8 = new TextDecoder('utf-8');
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  if (head.startsWith('\u00ef\u00bb\u00bf')) return utf8;
  const [first = '', second = ''] = head.split(/\r\n|\r|\n/, 2);
  const declared =
    ENCODING_DECLARATION.exec(first)?.[1] ??
    (BLANK_OR_COMMENT.test(first) ? ENCODING_DECLARATION.exec(second)?.[1] : undefined);
  // Python reads no UTF-16 source, whatever is declared.
  if (declared === undefined || /^utf/i.test(declared)) return utf8;
  try {
    // Of the encodings that Python knows, those of the Encoding Standard, which spells some names otherwise.
    return new TextDecoder(declared.replaceAll('_', '-').replace(/^(?:iso-)?latin-(\d+)/i, 'latin$1'));
  } catch {
    return utf8;
  }
}

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
