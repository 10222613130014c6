/** What two versions of a text have in common at their beginning and at their end: between lies the edit. */
export interface CommonEnds {
  /** Length of the common beginning. */
  readonly start: number;
  /** Length of the common end; it does not overlap the beginning in either text. */
  readonly tail: number;
}

/** Strings are compared in pieces: a piece is compared by the engine, and that is far faster than letter by letter. */
const PIECE = 2048;

export function commonEnds(before: string, after: string): CommonEnds {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start + PIECE <= shorter && before.slice(start, start + PIECE) === after.slice(start, start + PIECE)) {
    start += PIECE;
  }
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  const most = shorter - start;
  let tail = 0;
  const pieceFromEnd = (text: string): string => text.slice(text.length - tail - PIECE, text.length - tail);
  while (tail + PIECE <= most && pieceFromEnd(before) === pieceFromEnd(after)) tail += PIECE;
  while (tail < most && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) {
    tail++;
  }
  return { start, tail };
}
