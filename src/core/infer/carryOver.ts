/** What is known of one version of a file and still holds for the next: bodies and summaries of unchanged code. */
import { summarize } from './analyzeFunction';
import { sameInterface } from './interface';
import type { FileModel } from './model';
import { adoptProductive } from './productive';
import type { Session } from './session';
import type { FunctionAnalysis } from './summary';

/** With more functions changed than this, typing is not what happened. */
const FEW = 3;

/**
 * Takes over what does not depend on changed code. Bodies count offsets from their function's beginning, so
 * that they stay valid wherever an edit above has moved them. What depends on a changed function is kept, too,
 * where that function still looks the same from outside.
 * @param stale key of a function whose text is broken for the time being: it stays what it was
 */
export function carryOver(from: Session, to: Session, stale: string | null): void {
  if (from.cut || !from.seesSameFiles(to) || !sameSurroundings(from.file, to.file)) return;
  const changed = new Set<string>();
  for (const facts of to.file.facts.functions) {
    const before = from.file.functionFacts(facts.key);
    if (before && (facts.key === stale || from.file.textOf(before) === to.file.textOf(facts)))
      to.file.adoptBody(facts.key, from.file);
    else changed.add(facts.key);
  }
  adoptProductive(from.file, to.file, changed);
  const summaries = from.knownSummaries();
  const waiting: FunctionAnalysis[] = [];
  for (const summary of summaries) {
    if ([...summary.reads].some((key) => changed.has(key))) waiting.push(summary);
    else to.adopt(summary, from);
  }
  if (changed.size > FEW) return;
  for (const summary of waiting) {
    if (!changed.has(summary.key)) continue;
    const now = summarize(to, summary.key);
    if (now && sameInterface(summary, now)) changed.delete(summary.key);
  }
  for (const summary of waiting) {
    if (!to.knows(summary.key) && ![...summary.reads].some((key) => changed.has(key))) to.adopt(summary, null);
  }
}

/** Everything outside of functions is the same, and so are the lists of functions and of what methods assign. */
function sameSurroundings(a: FileModel, b: FileModel): boolean {
  if (assignments(a) !== assignments(b)) return false;
  if (a.facts.functions.length !== b.facts.functions.length) return false;
  if (a.facts.functions.some((each, at) => each.key !== b.facts.functions[at]?.key)) return false;
  return surroundings(a) === surroundings(b);
}

/** Which methods assign which attributes: what looks for an attribute depends on those that might assign it, too. */
function assignments(file: FileModel): string {
  return file.once('assignments', () =>
    file.facts.classes
      .map((each) => [...each.fields].map(([field, methods]) => `${field}: ${methods.join()}`).join('\n'))
      .join('\0'),
  );
}

/** The text between functions. What stands directly before one may be a `# shape:` comment that speaks of it. */
function surroundings({ facts, text }: FileModel): string {
  const parts: string[] = [];
  let at = 0;
  for (const { def } of facts.functions) {
    // Functions inside functions lie in a part that has been passed.
    if (def.start < at) continue;
    parts.push(text.slice(at, def.start));
    at = def.end;
  }
  parts.push(text.slice(at));
  return parts.join('\0');
}
