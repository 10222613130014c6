/** Edits on the text of a function: whole lines, parentheses, operands. */
import type { Expr, Span } from '../lower/ir';
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

const ATOMS = new Set<Expr['kind']>(['name', 'attribute', 'call', 'subscript', 'number', 'list']);

/** The source of an expression as it can stand beside any operator, and before a dot. */
export function asOperand(scene: FunctionScene, expr: Expr): string {
  const text = scene.source(expr);
  return ATOMS.has(expr.kind) && !endsLine(text) ? text : `(${text})`;
}

/** A line ends outside of its brackets: only brackets around it let it go on. */
function endsLine(text: string): boolean {
  let depth = 0;
  for (const each of text) {
    if (/[([{]/.test(each)) depth++;
    else if (/[)\]}]/.test(each)) depth--;
    else if (depth === 0 && /[\r\n]/.test(each)) return true;
  }
  return false;
}

/** Text of operators in the place of an expression: of a call's place, in parentheses unless nothing around it binds. */
export function enclosed(scene: FunctionScene, expr: Expr, text: string): string {
  if (expr.kind === 'binary') return text;
  const { start, end } = withParentheses(scene, expr);
  if (start < expr.start) return text;
  const before = scene.source({ start: 0, end: start }).trimEnd();
  const after = scene.source({ start: end, end: scene.def.end }).trimStart();
  const free = /(?:[=,[:(]|\breturn)$/.test(before) && !/^[.[(@*/%]/.test(after);
  return free ? text : `(${text})`;
}

/** The source of an expression on one line, as a message can hold it. */
export function oneLine(scene: FunctionScene, expr: Expr): string {
  return onOneLine(scene.source(expr));
}

export function onOneLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/([([]) /g, '$1')
    .replace(/,? ([)\]])/g, '$1');
}

/** More is not read in a title. */
const MOST_IN_TITLE = 32;

/** The same, no longer than a title can hold. */
export function brief(scene: FunctionScene, expr: Expr): string {
  const text = oneLine(scene, expr);
  return text.length <= MOST_IN_TITLE ? text : `${text.slice(0, MOST_IN_TITLE - 1)}…`;
}

/** Conditions as they follow an `if`. */
export function listed(conditions: readonly string[]): string {
  const last = conditions.at(-1) ?? '';
  return conditions.length < 2 ? last : `${conditions.slice(0, -1).join(', ')} and ${last}`;
}
