/** What the text of a class tells of it, found without parsing it. */
import type { ClassFacts } from '../lower/facts';
import type { Span } from '../lower/ir';
import { BENDS } from './bends';
import { OPERATION_WORDS } from './family';
import type { FileModel } from './model';

/** An attribute and a value that it is given. */
export interface Assigned {
  readonly name: string;
  /** Names that are called in the value, without what stands before a dot. */
  readonly called: readonly string[];
  /** A word of the value names an operation. */
  readonly isOperation: boolean;
  /** It does not show by itself what it is. */
  readonly isUnclear: boolean;
  /** A ModuleList or ModuleDict. */
  readonly isList: boolean;
  /** It is just what a caller gives. */
  readonly isGiven: boolean;
}

export interface ClassText {
  readonly assigned: readonly Assigned[];
  /** An operation stands somewhere in it. */
  readonly multiplies: boolean;
  /** Of its own `forward`; null where it has none. */
  readonly forward: {
    readonly bends: boolean;
    readonly multiplies: boolean;
    /** Names that are called, those of methods among them. */
    readonly called: readonly string[];
    /** Those that are called of `self`. */
    readonly ownCalled: readonly string[];
  } | null;
}

/** The name of anything that is called, a method's included. */
export const ANY_CALLED = /\b([A-Za-z_]\w*)\s*\(/g;
const OWN_CALLED = /\bself\.(\w+)\s*\(/g;
/** What is called, without what stands before a dot: that is a method, or a name of a module. */
const CALLED = /(?<![\w.])([A-Za-z_]\w*)\s*\(/g;
const UNCLEAR = /\\\s*$|^self\.|^\w+$|=\s*self\.|\blambda\b/;
const MODULES = /\bModule(?:List|Dict)\b/;
/** Variables that are given a value on a line of their own; parameters with a default end in a comma. */
const VARIABLES = /^[ \t]+(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]+)?=(?!=)[^\n]*[^,\n]$|\bfor\b([^\n]*?)\bin\b/gm;

export function textOfClass(file: FileModel, facts: ClassFacts): ClassText {
  const { start, end } = facts.statement;
  const text = file.text.slice(start, end);
  const key = facts.methods.get('forward');
  const forward = key === undefined ? undefined : file.functionFacts(key)?.def;
  return {
    assigned: assignedIn(text),
    multiplies: multiplies(file, { start, end }),
    forward: forward ? forwardOf(file, { start: forward.bodyStart, end: forward.end }) : null,
  };
}

function forwardOf(file: FileModel, span: Span): NonNullable<ClassText['forward']> {
  const text = file.text.slice(span.start, span.end);
  const called = namesIn(text, ANY_CALLED);
  return {
    bends: called.some((name) => BENDS.test(name)),
    multiplies: multiplies(file, span),
    called,
    ownCalled: namesIn(text, OWN_CALLED),
  };
}

function multiplies({ facts, text }: FileModel, { start, end }: Span): boolean {
  return facts.products.some((each) => each >= start && each < end) || OPERATION_WORDS.test(text.slice(start, end));
}

function assignedIn(text: string): readonly Assigned[] {
  let variables: ReadonlySet<string> | null = null;
  const isVariable = (name: string): boolean => (variables ??= variablesIn(text)).has(name);
  return Array.from(assignmentsIn(text), ({ name, value }) => ({
    name,
    called: namesIn(value, CALLED),
    isOperation: OPERATION_WORDS.test(value),
    isUnclear: UNCLEAR.test(value) || value.length >= LONGEST_VALUE,
    isList: MODULES.test(value),
    isGiven: /^\w+$/.test(value) && !isVariable(value),
  }));
}

function variablesIn(text: string): ReadonlySet<string> {
  const variables = new Set<string>();
  for (const [, assigned, looped] of text.matchAll(VARIABLES))
    for (const [name] of (assigned ?? looped ?? '').matchAll(/\w+/g)) variables.add(name);
  return variables;
}

function namesIn(text: string, pattern: RegExp): readonly string[] {
  return Array.from(text.matchAll(pattern), ([, name = '']) => name);
}

/** `self.name = `, with an annotation or none. */
const ASSIGNMENT = /^[ \t]+self\.(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=(?!=)[ \t]*/gm;

/** What decides where a value ends. Quotes inside of strings may mislead this: it is good for a judgement by words. */
const MARK = /[()[\]{}\n#]|'[^'\n]*'|"[^"\n]*"/g;

/** A longer value is data, or its brackets were misread. */
const LONGEST_VALUE = 2_000;

interface Assignment {
  readonly name: string;
  /** To the end of its line, or of the line on which its last bracket is closed. */
  readonly value: string;
}

export function* assignmentsIn(text: string): Generator<Assignment> {
  for (const match of text.matchAll(ASSIGNMENT)) {
    const start = match.index + match[0].length;
    yield { name: match[1] ?? '', value: text.slice(start, endOfValue(text, start)) };
  }
}

function endOfValue(text: string, start: number): number {
  let depth = 0;
  MARK.lastIndex = start;
  for (let match = MARK.exec(text); match; match = MARK.exec(text)) {
    const [mark] = match;
    if (mark === '#') MARK.lastIndex = Math.max(text.indexOf('\n', match.index), match.index + 1);
    else if ('([{'.includes(mark)) depth++;
    else if (')]}'.includes(mark)) depth--;
    else if (mark === '\n' && depth <= 0) return match.index;
    if (match.index - start > LONGEST_VALUE) return start + LONGEST_VALUE;
  }
  return text.length;
}
