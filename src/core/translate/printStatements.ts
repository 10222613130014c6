/** Prints statements and functions. */
import { flat, flatParameter, flatTargets, laidOut, WIDTH } from './print';
import type { PyFunction, PyStatement } from './python';

const INDENT = 4;

/** A function's source, without indentation and without a newline at its end. */
export function printFunction(each: PyFunction): string {
  return functionLines(each, 0).join('\n');
}

function functionLines(each: PyFunction, indent: number): readonly string[] {
  const pad = ' '.repeat(indent);
  return [pad + header(each, indent), ...block(each.body, indent + INDENT)];
}

function header({ name, parameters }: PyFunction, indent: number): string {
  const parts: string[] = [];
  parameters.forEach((each, at) => {
    const before = parameters[at - 1];
    if (before?.form === 'positional-only' && each.form !== 'positional-only') parts.push('/');
    if (each.form === 'keyword-only' && before?.form !== 'keyword-only') parts.push('*');
    parts.push(flatParameter(each));
  });
  if (parameters.at(-1)?.form === 'positional-only') parts.push('/');
  const line = `def ${name}(${parts.join(', ')}):`;
  if (indent + line.length <= WIDTH || parts.length === 0) return line;
  const inner = ' '.repeat(indent + INDENT);
  const together = parts.join(', ');
  const body =
    inner.length + together.length <= WIDTH ? inner + together : parts.map((each) => `${inner}${each},`).join('\n');
  return `def ${name}(\n${body}\n${' '.repeat(indent)}):`;
}

function block(statements: readonly PyStatement[], indent: number): readonly string[] {
  const lines: string[] = [];
  let last: PyStatement | null = null;
  for (const each of statements) {
    if (each.kind === 'comment' && each.trailing && lines.length > 0) {
      const at = lines.length - 1;
      const line = lines[at] ?? '';
      const whole = `${line}  # ${each.text}`;
      // ruff leaves a long trailing comment where it is; above its line it reads better.
      if (!line.includes('\n') && whole.length <= WIDTH) lines[at] = whole;
      else lines.splice(at, 0, `${' '.repeat(indent)}# ${each.text}`);
      continue;
    }
    const isDef = each.kind === 'def';
    if (last && (isDef || last.kind === 'def') && last.kind !== 'docstring' && last.kind !== 'comment') lines.push('');
    lines.push(...printStatement(each, indent));
    last = each;
  }
  return lines.some((line) => !/^\s*(?:#.*)?$/.test(line)) ? lines : [...lines, `${' '.repeat(indent)}pass`];
}

/** The lines of a statement at this indentation. */
export function printStatement(statement: PyStatement, indent: number): readonly string[] {
  const pad = ' '.repeat(indent);
  switch (statement.kind) {
    case 'assign': {
      const targets = statement.targets.map((each) => `${flatTargets(each)} = `).join('');
      return [pad + laidOut(targets, statement.value, indent, '', true)];
    }
    case 'augment':
      return [pad + laidOut(`${flat(statement.target)} ${statement.operator}= `, statement.value, indent)];
    case 'expression':
      return [pad + laidOut('', statement.value, indent)];
    case 'return':
      return [statement.value ? pad + laidOut('return ', statement.value, indent, '', true) : `${pad}return`];
    case 'if':
      return ifLines(statement, indent, 'if ');
    case 'for':
      return [
        pad + laidOut(`for ${flatTargets(statement.target)} in `, statement.iterable, indent, ':'),
        ...block(statement.body, indent + INDENT),
      ];
    case 'while':
      return [pad + laidOut('while ', statement.test, indent, ':'), ...block(statement.body, indent + INDENT)];
    case 'assert': {
      const [test, message] = statement.values;
      if (!test) return [];
      if (!message) return [pad + laidOut('assert ', test, indent)];
      const line = `${pad}assert ${flat(test)}, ${flat(message)}`;
      if (line.length <= WIDTH) return [line];
      return [`${pad}assert ${flat(test)}, (`, `${pad}${' '.repeat(INDENT)}${flat(message)}`, `${pad})`];
    }
    case 'raise': {
      const [value] = statement.values;
      return [value ? pad + laidOut('raise ', value, indent) : `${pad}raise`];
    }
    case 'pass':
    case 'break':
    case 'continue':
      return [pad + statement.kind];
    case 'comment':
      return [`${pad}# ${statement.text}`];
    case 'docstring':
      return statement.lines.map((line) => (line === '' ? '' : pad + line));
    case 'def':
      return functionLines(statement, indent);
  }
}

function ifLines(statement: PyStatement & { kind: 'if' }, indent: number, keyword: 'if ' | 'elif '): readonly string[] {
  const pad = ' '.repeat(indent);
  const lines = [pad + laidOut(keyword, statement.test, indent, ':'), ...block(statement.body, indent + INDENT)];
  const [only, second] = statement.orelse;
  if (!only) return lines;
  if (only.kind === 'if' && !second) return [...lines, ...ifLines(only, indent, 'elif ')];
  return [...lines, `${pad}else:`, ...block(statement.orelse, indent + INDENT)];
}
