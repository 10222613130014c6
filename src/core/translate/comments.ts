/** The reader's own comments and docstrings, carried over. */
import type { Span, Stmt } from '../lower/ir';
import type { Translator } from './translator';

/** Comments that speak to other tools. */
const FOR_TOOLS = /^#\s*(?:type:|noqa|pylint|pyright|mypy|fmt:|ruff|isort|matmul-lens|!)/;

/** The comment lines right above a statement, without their `#`. */
export function commentsBefore(t: Translator, statement: Span): readonly string[] {
  const { text } = t.program.file;
  const found: string[] = [];
  let at = lineStart(text, statement.start + t.place.origin);
  while (at > 0) {
    const from = lineStart(text, at - 1);
    const line = text.slice(from, at).trim();
    if (!line.startsWith('#')) break;
    if (!FOR_TOOLS.test(line)) found.unshift(withoutMark(line));
    at = from;
  }
  return found;
}

/** The comment behind a statement, on its last line. */
export function trailingComment(t: Translator, statement: Stmt): string | null {
  if (!['assign', 'augment', 'expr', 'return'].includes(statement.kind)) return null;
  const { text } = t.program.file;
  const from = statement.end + t.place.origin;
  const end = text.indexOf('\n', from);
  const rest = text.slice(from, end < 0 ? undefined : end).trim();
  return rest.startsWith('#') && !FOR_TOOLS.test(rest) ? withoutMark(rest) : null;
}

function withoutMark(line: string): string {
  return line.replace(/^#+:?\s*/, '').trimEnd();
}

function lineStart(text: string, at: number): number {
  return text.lastIndexOf('\n', at - 1) + 1;
}

/** A docstring's lines, indented as from the margin; null where the statement is none. */
export function docstringOf(t: Translator, statement: Stmt): readonly string[] | null {
  if (statement.kind !== 'expr' || statement.value.kind !== 'string') return null;
  const source = t.source(statement.value);
  const match = /^[rR]?("""|'''|"|')([\s\S]*)\1$/.exec(source);
  if (!match) return null;
  const raw = /^[rR]/.test(source) ? 'r' : '';
  const lines = (match[2] ?? '').split(/\r?\n/);
  const rest = lines.slice(1).filter((each) => each.trim() !== '');
  const margin = Math.min(...rest.map((each) => each.length - each.trimStart().length));
  const body = lines.map((each, at) => (at === 0 ? each.trim() : each.slice(Math.min(margin, each.length)).trimEnd()));
  while (body.length > 1 && body.at(-1) === '') body.pop();
  const whole = body.join('\n');
  if (whole.includes('"""') || whole.endsWith('"') || /\\$/.test(whole)) return null;
  if (lines.length === 1) return [`${raw}"""${whole}"""`];
  const [first = '', ...others] = body;
  return [`${raw}"""${first}`, ...others, '"""'];
}
