/**
 * Edits in the bytes of a source file. Whatever no edit touches stays byte for byte what it was: encoding, byte order
 * mark, line endings, those that are mixed, too.
 */
import { TextDecoder } from 'node:util';
import { applyEdits, inLineEndings, inOrder, sourceEncoding } from '../../core';
import type { Edit } from '../../core';

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** Where the units of a text stand in its bytes, and how a text is written in them. */
interface Encoded {
  at(offset: number): number;
  /** Null where it holds a character that cannot be written. */
  encode(text: string): Uint8Array | null;
}

/** @returns null where the file is not in its own encoding, or cannot hold what an edit puts in */
export function editedBytes(bytes: Uint8Array, edits: readonly Edit[]): Uint8Array | null {
  const label = sourceEncoding(bytes, TextDecoder);
  const text = strictlyDecoded(bytes, label);
  if (text === null) return null;
  const encoded = /^utf-?8$/i.test(label) ? inUtf8(bytes, text) : inAnother(bytes, text, label);
  const kept = edits.map((each) => ({ ...each, newText: inLineEndings(each.newText, text, each.start) }));
  const parts: Uint8Array[] = [];
  let done = 0;
  for (const { start, end, newText } of inOrder(kept)) {
    const put = encoded.encode(newText);
    if (!put) return null;
    parts.push(bytes.subarray(done, encoded.at(start)), put);
    done = encoded.at(end);
  }
  const result = Buffer.concat([...parts, bytes.subarray(done)]);
  // Whatever an encoding does that was not thought of here: the bytes say what the edits say, or nothing is written.
  return strictlyDecoded(result, label) === applyEdits(text, [{ edits: kept }]) ? result : null;
}

function strictlyDecoded(bytes: Uint8Array, label: string): string | null {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function inUtf8(bytes: Uint8Array, text: string): Encoded {
  const begin = BYTE_ORDER_MARK.every((each, index) => bytes[index] === each) ? BYTE_ORDER_MARK.length : 0;
  return {
    at: (offset) => begin + Buffer.byteLength(text.slice(0, offset)),
    encode: (put) => Buffer.from(put),
  };
}

/** There are decoders for every encoding, and encoders for none: a character is written as the file itself has it. */
function inAnother(bytes: Uint8Array, text: string, label: string): Encoded {
  const decoder = new TextDecoder(label);
  const ends: number[] = [];
  for (const [index, byte] of bytes.entries()) {
    const units = decoder.decode(Uint8Array.of(byte), { stream: true });
    ends.push(...Array.from(units, (letter) => new Array<number>(letter.length).fill(index + 1)).flat());
  }
  const at = (offset: number): number => ends[offset - 1] ?? 0;
  const written = new Map<string, Uint8Array>();
  for (let from = 0; from < text.length;) {
    const letter = String.fromCodePoint(text.codePointAt(from) ?? 0);
    written.set(letter, bytes.subarray(at(from), at(from + letter.length)));
    from += letter.length;
  }
  return {
    at,
    encode(put) {
      const letters = [...put].map((each) => written.get(each) ?? (each <= '\x7f' ? Buffer.from(each) : null));
      return letters.includes(null) ? null : Buffer.concat(letters.filter((each) => each !== null));
    },
  };
}
