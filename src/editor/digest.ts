/** A short name for a text, to see later whether it has changed. */

/**
 * Two 32-bit FNV-1a hashes over UTF-16 units with different starts, and the length. Not for secrets; synchronous,
 * which the platform's cryptographic digests are not.
 */
export function digest(text: string): string {
  return `${text.length.toString(36)}-${fnv1a(text, 0x811c9dc5)}${fnv1a(text, 0x01000193)}`;
}

function fnv1a(text: string, start: number): string {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
