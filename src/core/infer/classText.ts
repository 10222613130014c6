/** What the text of a class tells of it, found without parsing it. */
import type { ClassFacts } from '../lower/facts';
import type { Span } from '../lower/ir';
import { codeOnly } from '../syntax/codeOnly';
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
  /** Calling it is no linear map, or a container's own loop. */
  readonly bends: boolean;
}

export interface ClassText {
  readonly assigned: readonly Assigned[];
  /** It calls what its caller gives, or what is in it. */
  readonly runsGiven: boolean;
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
const UNCLEAR = /\\\s*$|^self\.|^\w+$|^[\w.]+\s*=(?!=)|\blambda\b/;
const BENDING =
  /\bnn\.(?:\w*ReLU6?|GELU|SiLU|Mish|ELU|SELU|CELU|Sigmoid|LogSigmoid|Tanh|Softmax|Softplus|LayerNorm|RMSNorm|GroupNorm|Sequential|ModuleList|ModuleDict)\s*\(/;
const MODULES = /\bModule(?:List|Dict)\b/;
/** Variables that are given a value on a line of their own; parameters with a default end in a comma. */
const VARIABLES = /^[ \t]+(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]+)?=(?!=)([^\n]*[^,\n])$|\bfor\b([^\n]*?)\bin\b/gm;
/** What a variable may be given and yet be no module that is made here: an attribute of something, a number. */
const PLAIN = /^\s*[\w.]+\s*$/;

/** What the texts of a file's classes tell, found once. */
export function textsOfClasses(file: FileModel): ReadonlyMap<ClassFacts, ClassText> {
  return file.once('texts', () => new Map(file.facts.classes.map((each) => [each, textOfClass(file, each)])));
}

function textOfClass(file: FileModel, facts: ClassFacts): ClassText {
  const { start, end } = facts.statement;
  const code = codeOnly(file.text.slice(start, end));
  const within = (span: Span): Part => ({ ...span, code: code.slice(span.start - start, span.end - start) });
  const key = facts.methods.get('forward');
  const forward = key === undefined ? undefined : file.functionFacts(key)?.def;
  const assigned = assignedIn(code);
  return {
    assigned,
    runsGiven: runsGiven(code, assigned),
    multiplies: multiplies(file, within({ start, end })),
    forward: forward ? forwardOf(file, within({ start: forward.bodyStart, end: forward.end })) : null,
  };
}

/** `self.name(`, `self.name[0](`, `self.name.part(`, `for each in self.name`, `checkpoint(self.name`. */
const RUN = /\bself\.(\w+)\s*(?:\(|\[|\.\s*\w+\s*\()|\bin\b[^:\n]*?\bself\.(\w+)|checkpoint\w*\s*\(\s*self\.(\w+)/g;

/** Attributes of `self` that code calls, loops over or hands to a checkpoint. */
export function attributesRunIn(code: string): readonly string[] {
  return Array.from(code.matchAll(RUN), ([, called, looped, checkpointed]) => called ?? looped ?? checkpointed ?? '');
}

function runsGiven(code: string, assigned: readonly Assigned[]): boolean {
  const given = new Set(assigned.filter((each) => each.isGiven).map(({ name }) => name));
  return given.size > 0 && attributesRunIn(code).some((name) => given.has(name));
}

/** A part of a file, with its code. */
export interface Part extends Span {
  readonly code: string;
}

function forwardOf(file: FileModel, part: Part): NonNullable<ClassText['forward']> {
  const called = namesIn(part.code, ANY_CALLED);
  return {
    bends: called.some((name) => BENDS.test(name)),
    multiplies: multiplies(file, part),
    called,
    ownCalled: namesIn(part.code, OWN_CALLED),
  };
}

/** Whether an operation stands in a part of a file. */
export function multiplies({ facts, text }: FileModel, { start, end, code }: Part): boolean {
  if (OPERATION_WORDS.test(code)) return true;
  if (facts.products.some((each) => each >= start && each < end && code[each - start] === '@')) return true;
  // What is looked up by its name may be an operation's.
  return code.includes('getattr') && OPERATION_WORDS.test(text.slice(start, end));
}

function assignedIn(code: string): readonly Assigned[] {
  return Array.from(assignmentsIn(code), ({ at, name, value }) => ({
    name,
    called: namesIn(value, CALLED),
    isOperation: OPERATION_WORDS.test(value),
    isUnclear: UNCLEAR.test(value) || value.length >= LONGEST_VALUE,
    isList: MODULES.test(value),
    isGiven: /^\w+$/.test(value) && !isMade(value, code.slice(code.lastIndexOf('def ', at), at)),
    bends: BENDING.test(value),
  }));
}

/** Whether a variable is given a value that may be made there, in the part of its function before its use. */
function isMade(variable: string, before: string): boolean {
  for (const [, assigned, value = '', looped] of before.matchAll(VARIABLES)) {
    const names = (assigned ?? looped ?? '').match(/\w+/g);
    if (names?.includes(variable) && !PLAIN.test(value)) return true;
  }
  return false;
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
  readonly at: number;
  readonly name: string;
  /** To the end of its line, or of the line on which its last bracket is closed. */
  readonly value: string;
}

export function* assignmentsIn(text: string): Generator<Assignment> {
  for (const match of text.matchAll(ASSIGNMENT)) {
    const start = match.index + match[0].length;
    yield { at: match.index, name: match[1] ?? '', value: text.slice(start, endOfValue(text, start)) };
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
