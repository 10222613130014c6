/** What has to be known of a file's functions before any of their bodies is read, found in its text. */
import type { FieldSite } from './facts';
import type { Expr, Span } from './ir';

/** `self.name =`, or any other name before the dot. */
const FIELD = /\.\s*([^\W\d]\w*)\s*=(?!=)/gu;

/** With an annotation, on a line of its own. */
const ANNOTATED = /^[ \t]*([^\W\d]\w*)\.([^\W\d]\w*)[ \t]*:[^=\n]+=(?!=)/gmu;

/** Several targets on a line: attributes may be among them. Behind an open bracket it is a line of arguments. */
const SEVERAL =
  /(?<![([{,][ \t]*\r?\n)^[ \t]*[[(]?((?:\*?[\w.]+(?:\[[^\]\n]*\])?[ \t]*,[ \t]*)+[\w.*]*(?:\[[^\]\n]*\])?)[\])]?[ \t]*=(?!=)/gmu;

const TARGET = /(?<![\w.])([^\W\d]\w*)\.([^\W\d]\w*)(?![\w.[])/gu;

const NAME_BEFORE = /(?<![\w.])([^\W\d]\w*)\s*$/u;
const LONGEST_NAME = 60;

/**
 * Assignments to attributes of names, in the order of the text. Text alone cannot tell a string from code: a
 * docstring's example may be among them, and whoever asks what is assigned finds nothing there.
 */
export function fieldsIn(text: string, { start, end }: Span): readonly FieldSite[] {
  const part = text.slice(start, end);
  const found: FieldSite[] = [];
  for (const match of part.matchAll(FIELD)) {
    const before = NAME_BEFORE.exec(part.slice(Math.max(0, match.index - LONGEST_NAME), match.index));
    const [, receiver] = before ?? [];
    if (receiver !== undefined)
      found.push({ at: start + match.index - receiver.length, receiver, name: match[1] ?? '' });
  }
  for (const { index, 1: receiver = '', 2: name = '' } of part.matchAll(ANNOTATED))
    found.push({ at: start + index, receiver, name });
  for (const several of part.matchAll(SEVERAL))
    for (const { index, 1: receiver = '', 2: name = '' } of (several[1] ?? '').matchAll(TARGET))
      found.push({ at: start + several.index + index, receiver, name });
  return found.sort((a, b) => a.at - b.at);
}

/** Where `@` may be an operator, in order: anywhere but before a decorator that is known. */
export function productsIn(text: string, { start, end }: Span, decorators: ReadonlySet<number>): readonly number[] {
  const found: number[] = [];
  for (let at = text.indexOf('@', start); at >= 0 && at < end; at = text.indexOf('@', at + 1))
    if (!decorators.has(at)) found.push(at);
  return found;
}

/** Where the `@` of decorators stand. */
export function decoratorsOf(
  text: string,
  definitions: readonly { readonly decorators: readonly Expr[] }[],
): ReadonlySet<number> {
  return new Set(definitions.flatMap((each) => each.decorators.map((one) => text.lastIndexOf('@', one.start))));
}
