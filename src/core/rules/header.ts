/** The header of a function: its name, and where a decorator goes. */
import type { Edit } from './finding';
import type { FunctionScene } from './scene';

/** The name behind `def`. */
export function headerSpan(scene: FunctionScene): { readonly start: number; readonly end: number } {
  const { def } = scene;
  const from = Math.max(0, ...def.decorators.map((each) => each.end));
  const text = scene.source({ start: from, end: def.end });
  const match = /(?:async[ \t]+)?def[ \t]+([^\s(]+)/.exec(text);
  if (!match) return { start: 0, end: Math.min(3, def.end) };
  const end = from + match.index + match[0].length;
  return { start: end - (match[1]?.length ?? 0), end };
}

/** A decorator on a line of its own above the `def`, below those that are there. */
export function decoratorEdit(scene: FunctionScene, decorator: string): Edit {
  const { text } = scene.file;
  const origin = scene.file.originOf(scene.key);
  const name = headerSpan(scene).start + origin;
  const lineStart = Math.max(text.lastIndexOf('\n', name - 1), text.lastIndexOf('\r', name - 1)) + 1;
  const indentation = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  return { start: lineStart - origin, end: lineStart - origin, newText: `${indentation}${decorator}${lineEnd}` };
}
