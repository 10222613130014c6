/** Edits on the text of a function: whole lines, parentheses, operands. */
import type { Span } from '../lower/ir';
import type { FunctionScene } from './scene';

/** The lines that a statement fills, line end included; null where something else stands on them, too. */
export function wholeLines(scene: FunctionScene, { start, end }: Span): Span | null {
  const origin = scene.file.originOf(scene.key);
  const { text } = scene.file;
  let from = start + origin;
  while (from > 0 && (text[from - 1] === ' ' || text[from - 1] === '\t')) from--;
  let to = end + origin;
  while (to < text.length && (text[to] === ' ' || text[to] === '\t')) to++;
  const alone =
    (from === 0 || /[\r\n]/.test(text[from - 1] ?? '')) && (to === text.length || /[\r\n]/.test(text[to] ?? ''));
  if (!alone) return null;
  if (text[to] === '\r') to++;
  if (text[to] === '\n') to++;
  return { start: from - origin, end: to - origin };
}

/** An expression with the parentheses of its own around it. A call's parentheses are not its argument's own. */
export function withParentheses(scene: FunctionScene, span: Span): Span {
  const origin = scene.file.originOf(scene.key);
  const { text } = scene.file;
  let { start, end } = span;
  for (;;) {
    const before = skipBack(text, start + origin);
    const after = skipForth(text, end + origin);
    if (text[before] !== '(' || text[after] !== ')') return { start, end };
    const caller = text[skipBack(text, before)] ?? '';
    if (
      /[\p{L}\p{N}_)\]]/u.test(caller) &&
      !/\b(?:return|in|not|and|or|if|else|yield|await|lambda|is|assert|del|for|while)\s*$/.test(text.slice(0, before))
    ) {
      return { start, end };
    }
    start = before - origin;
    end = after + 1 - origin;
  }
}

function skipBack(text: string, from: number): number {
  let at = from - 1;
  while (at >= 0 && /\s/.test(text[at] ?? '')) at--;
  return at;
}

function skipForth(text: string, from: number): number {
  let at = from;
  while (at < text.length && /\s/.test(text[at] ?? '')) at++;
  return at;
}

/** Whether a comment stands inside: an edit would lose it. */
export function holdsComment(source: string): boolean {
  return source.includes('#');
}
