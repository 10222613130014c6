/** What of a file can be raced: functions, and modules by their `forward`, that multiply. */
import type { FileAnalysis } from '../analyze';
import { formatCount } from '../../protocol/format';
import { summarize } from '../infer/analyzeFunction';
import { formatDim } from '../infer/dims';
import type { FunctionAnalysis } from '../infer/summary';
import { certainNumber, totalsOf } from '../infer/totals';
import type { FunctionFacts } from '../lower/facts';
import { walkBody } from '../lower/walk';
import type { Span } from '../lower/ir';
import { inOneGo } from '../steps';
import type { Steps } from '../steps';
import { workOf } from './assume';
import { prefill } from './prefill';
import type { RaceSubject } from './subject';

/** A longer formula is no help above a function. */
const LONGEST_FORMULA = 28;

/** In the order of the text. */
export function raceSubjects(analysis: FileAnalysis): readonly RaceSubject[] {
  return inOneGo(raceSubjectsInSteps(analysis));
}

/** The same, one function a step. */
export function* raceSubjectsInSteps(analysis: FileAnalysis): Steps<readonly RaceSubject[]> {
  const found: RaceSubject[] = [];
  for (const each of analysis.functions) {
    yield;
    const facts = analysis.session.file.functionFacts(each.key);
    // While its code is broken, a function is shown as it last was: the raw summary and not what is left of it.
    const summary = summarize(analysis.session, each.key) ?? each;
    const subject = facts ? subjectOf(analysis, summary, facts) : null;
    if (subject && subject.products > 0) found.push(subject);
  }
  return found.sort((a, b) => a.start - b.start);
}

function subjectOf(analysis: FileAnalysis, each: FunctionAnalysis, facts: FunctionFacts): RaceSubject | null {
  const { file } = analysis.session;
  // What only makes a function, a generator or a coroutine multiplies nothing when it is called.
  if (each.returned.kind === 'closure' || facts.def.async || yields(analysis, facts)) return null;
  // Functions inside functions cannot be reached from outside; constructors compute nothing.
  if (facts.qualname.includes('<locals>') || isNested(analysis, facts) || facts.name === '__init__') return null;
  const owner = facts.owner === null ? null : file.classFacts(facts.owner);
  if (owner?.qualname.includes('.')) return null;
  const kind = !owner ? 'function' : facts.name === 'forward' || facts.name === '__call__' ? 'module' : 'method';
  const { products, flops } = totalsOf(analysis.session, each);
  const formula = flops ? formatDim(flops) : '';
  const value = certainNumber(flops);
  const subject: RaceSubject = {
    key: each.key,
    qualname: owner ? (kind === 'module' ? owner.qualname : `${owner.qualname}.${facts.name}`) : facts.qualname,
    kind,
    ...nameSpan(file.text, facts),
    body: { start: facts.def.start, end: facts.def.end },
    products,
    flops: value,
    flopsText:
      value !== null
        ? formatCount(value, 'FLOP')
        : formula && formula.length <= LONGEST_FORMULA
          ? `${formula} FLOP`
          : null,
  };
  return value === null && products > 0 ? withProvidedSizes(analysis, subject) : subject;
}

/** Where the file itself provides all arguments, as benchmark problems do, sizes are known after all. */
function withProvidedSizes(analysis: FileAnalysis, subject: RaceSubject): RaceSubject {
  const { values, complete } = prefill(analysis, subject, null);
  const flops = complete ? workOf(analysis, subject, values).flops : null;
  return flops === null ? subject : { ...subject, flops, flopsText: formatCount(flops, 'FLOP') };
}

function yields({ session }: FileAnalysis, facts: FunctionFacts): boolean {
  let found = false;
  for (const statement of session.file.body(facts.key)?.body ?? []) {
    if (statement.kind === 'def' || statement.kind === 'class') continue;
    walkBody([statement], (each) => {
      if (each.kind === 'yield') found = true;
    });
  }
  return found;
}

function isNested({ session }: FileAnalysis, facts: FunctionFacts): boolean {
  return (
    facts.owner === null && facts.qualname.includes('.') && !session.file.classFacts(facts.qualname.split('.')[0] ?? '')
  );
}

function nameSpan(text: string, { def }: FunctionFacts): Span {
  const from = Math.max(def.start, ...def.decorators.map((each) => each.end));
  const match = /\bdef[ \t\f\\\r\n]+([^\s(]+)/.exec(text.slice(from, def.end));
  if (!match) return { start: def.start, end: def.start };
  const end = from + match.index + match[0].length;
  return { start: end - (match[1]?.length ?? 0), end };
}

/** By what the reader calls it: `f`, `Class`, `Class.forward`, `Class.method`. */
export function subjectNamed(analysis: FileAnalysis, qualname: string): RaceSubject | null {
  const { file } = analysis.session;
  for (const each of analysis.functions) {
    const facts = file.functionFacts(each.key);
    const subject = facts ? subjectOf(analysis, each, facts) : null;
    if (subject && (subject.qualname === qualname || facts?.qualname === qualname)) return subject;
  }
  return null;
}

/** The innermost definition around a line, counted from 1. */
export function subjectAtLine(analysis: FileAnalysis, line: number): RaceSubject | null {
  const lines = analysis.session.file.lines;
  const [from, to] = [lines.lineStart(line - 1), lines.lineStart(line)];
  let best: RaceSubject | null = null;
  for (const each of raceSubjects(analysis)) {
    if (each.body.start >= to || each.body.end < from) continue;
    if (!best || each.body.end - each.body.start < best.body.end - best.body.start) best = each;
  }
  return best;
}
