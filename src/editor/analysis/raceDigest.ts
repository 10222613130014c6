/**
 * Names the code that a race of a function depends on, to see later whether it was edited: its definition or its whole
 * class, whose constructor runs as well; what it reaches in the same file; the shapes written beside it, and the
 * constants that all these name. Other files are not looked at.
 */
import type { FileAnalysis, RaceSubject, Span } from '../../core';
import { digest } from '../digest';

const WORD = /[\p{L}_][\p{L}\p{N}_]*/gu;

/** @param text of the version that was analysed */
export function raceDigest(text: string, file: FileAnalysis, subject: RaceSubject): string {
  const definition = definitionOf(file, subject);
  const code = [text.slice(definition.start, definition.end), ...reachedCode(file, subject, definition)];
  const all = [...writtenShapes(text, file, definition), ...namedConstants(text, file, code), ...code];
  // An editor may change the line ends of a whole file without changing any code.
  return digest(all.join('\n').replace(/\r\n?/g, '\n'));
}

/** The function; for a module or a method, the whole class. */
export function definitionOf({ session }: FileAnalysis, subject: RaceSubject): Span {
  if (subject.kind === 'function') return subject.body;
  const [name] = subject.qualname.split('.');
  // Of several definitions, the one that the subject stands in.
  const isAround = ({ start, end }: Span): boolean => start <= subject.body.start && end >= subject.body.end;
  const found = session.file.facts.classes.find((each) => each.qualname === name && isAround(each.statement));
  return found?.statement ?? subject.body;
}

/** Definitions outside of `definition` that it reaches, those of other files included, in a fixed order. */
function reachedCode({ session }: FileAnalysis, subject: RaceSubject, definition: Span): readonly string[] {
  const reads = new Map(session.knownSummaries().map((each) => [each.key, each.reads]));
  // What an evaluation saw of functions that call each other depends on where it began; all of them together do not.
  const reached = new Set([subject.key]);
  for (const key of reached) for (const each of reads.get(key) ?? []) reached.add(each);
  return [...reached].sort().flatMap((key) => {
    const facts = session.functionFacts(key);
    const file = session.fileOf(key);
    const isInside =
      facts && file === session.file && facts.def.start >= definition.start && facts.def.end <= definition.end;
    return facts && !isInside ? [file.textOf(facts)] : [];
  });
}

/** The `# shape:` comments directly above; those inside are part of the definition's text. */
function writtenShapes(text: string, { session }: FileAnalysis, { start }: Span): readonly string[] {
  return session.file.facts.directives
    .filter((each) => each.kind === 'shape' && each.ownLine && each.end <= start)
    .filter((each) => /^(?:\s|#[^\r\n]*)*$/.test(text.slice(each.end, start)))
    .map((each) => each.text);
}

/** The top level's assignments to names that the code has, and to those that these have in turn. */
function namedConstants(text: string, { session }: FileAnalysis, code: readonly string[]): readonly string[] {
  const words = new Set(code.flatMap((each) => each.match(WORD) ?? []));
  const found: string[] = [];
  // From the last to the first: a constant is assigned before it is used.
  for (const each of [...session.file.facts.module].reverse()) {
    if (each.kind !== 'assign') continue;
    const names = each.targets.flatMap((target) => text.slice(target.start, target.end).match(WORD) ?? []);
    if (!names.some((name) => words.has(name))) continue;
    const statement = text.slice(each.start, each.end);
    found.push(statement);
    for (const word of statement.match(WORD) ?? []) words.add(word);
  }
  return found;
}
