/** Text of the reader's code inside Markdown, where nothing of it may act as markup. */
export function markdownCode(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const short = line.length > 80 ? `${line.slice(0, 79)}…` : line;
  const longest = Math.max(0, ...[...short.matchAll(/`+/g)].map((each) => each[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = short.startsWith('`') || short.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${short}${pad}${fence}`;
}

/** Text outside of code: what Markdown would take for markup stays text. */
export function markdownText(text: string): string {
  return text.replace(/[\\`*_{}[\]()<>#+.!|~-]/g, '\\$&');
}
