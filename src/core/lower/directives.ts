/** Comments that speak to this tool: `# matmul-lens: ignore[MM101]`, `# shape: x=f32[64, 1024]`, `# %%`. */
import type { Tree } from 'web-tree-sitter';
import type { Directive } from './facts';

const DIRECTIVE = /#[ \t]*(?:matmul-lens:[ \t]*(ignore\b[^\r\n#]*)|shape:([^\r\n#]*))|^# %%(.*)/gm;
const WORDS = ['shape:', 'matmul-lens:', '# %%'];

export function readDirectives(tree: Tree, text: string): readonly Directive[] {
  const found: Directive[] = [];
  if (!WORDS.some((each) => text.includes(each))) return found;
  for (const match of text.matchAll(DIRECTIVE)) {
    const start = match.index;
    // The same words in a string are no comment.
    if (tree.rootNode.descendantForIndex(start, start + 1)?.type !== 'comment') continue;
    const lineStart = Math.max(text.lastIndexOf('\n', start - 1), text.lastIndexOf('\r', start - 1)) + 1;
    found.push({
      kind: match[1] !== undefined ? 'ignore' : match[2] !== undefined ? 'shape' : 'cell',
      text: (match[1] ?? match[2] ?? match[3] ?? '').trim(),
      ownLine: text.slice(lineStart, start).trim() === '',
      start,
      end: start + match[0].length,
    });
  }
  return found;
}
