/**
 * Text of the reader's files, names and tracebacks, shown as what it is: a control character, or one that
 * turns the direction of what follows it, becomes its visible escape (CVE-2021-42574, "Trojan Source").
 */

// C0 and C1 controls without tab and line ends; the bidirectional marks, embeddings, overrides and isolates.
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const LINE_ENDS = /[\t\n\r\u2028\u2029]/g;

export function literalText(text: string): string {
  return text.replace(HIDDEN, escaped);
}

/** A name or a path, which is on one line: line ends in it could pass for text of ours. */
export function literalName(name: string): string {
  return literalText(name).replace(LINE_ENDS, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The same value with every string in it made literal. Keys are left as they are. */
export function literalStrings<T>(value: T): T {
  return literal(value) as T;
}

function literal(value: unknown): unknown {
  if (typeof value === 'string') return literalText(value);
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, literal(each)]));
}
