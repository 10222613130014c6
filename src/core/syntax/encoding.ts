/**
 * The text of a Python source file from its bytes, the same for every host.
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

/** The host's `TextDecoder`: the Encoding Standard's names; throws on one that it does not know. */
export type TextDecoderClass = new (label: string) => { decode(bytes: Uint8Array): string };

const ENCODING_DECLARATION = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;
const BLANK_OR_COMMENT = /^[ \t\f]*(?:[#\r\n]|$)/;
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

/** The first two lines are looked for in so many bytes. */
const HEAD_BYTES = 1024;

export function decodeSource(bytes: Uint8Array, decoders: TextDecoderClass): string {
  const text = new decoders(sourceEncoding(bytes, decoders)).decode(bytes);
  return text.replace(/\r(?!\n)/g, '\n').replaceAll('\0', ' ');
}

/** The name by which the host's decoders know a source's encoding. */
export function sourceEncoding(bytes: Uint8Array, decoders: TextDecoderClass): string {
  const declared = declaredEncoding(String.fromCharCode(...bytes.subarray(0, HEAD_BYTES)));
  // Python reads no UTF-16 source, whatever is declared.
  if (declared === null || /^utf/i.test(declared)) return 'utf-8';
  // Of the encodings that Python knows, those of the Encoding Standard, which spells some names otherwise.
  const label = declared.replaceAll('_', '-').replace(/^(?:iso-)?latin-(\d+)/i, 'latin$1');
  try {
    new decoders(label);
    return label;
  } catch {
    return 'utf-8';
  }
}

/** @param head the beginning of a file, one character a byte */
function declaredEncoding(head: string): string | null {
  if (head.startsWith(BYTE_ORDER_MARK)) return null;
  const [first = '', second = ''] = head.split(/\r\n|\r|\n/, 2);
  const inSecond = BLANK_OR_COMMENT.test(first) ? ENCODING_DECLARATION.exec(second)?.[1] : undefined;
  return ENCODING_DECLARATION.exec(first)?.[1] ?? inSecond ?? null;
}
