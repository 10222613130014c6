/** What the rules say of a file: the meeting point of rules and translation. */
import type { FileAnalysis } from './analyze';
import { summarize } from './infer/analyzeFunction';
import type { FileModel } from './infer/model';
import type { FunctionAnalysis } from './infer/summary';
import type { DefStmt, Span } from './lower/ir';
import { inOneGo } from './steps';
import type { Steps } from './steps';
import { FunctionScene } from './rules/scene';
import type { Edit, Finding } from './rules/finding';
import { detectIn } from './rules/index';
import type { LocalFinding } from './rules/index';
import { commentFor, Suppressions } from './rules/suppression';
import { convertToJax } from './translate/index';

/**
 * In the order of the text. What a comment silences and what touches broken code is left out.
 * @param translations whether to tell what can be written in JAX, too. Only trying tells, and trying takes
 *   longer than everything else together: an editor asks where the reader stands, and not on each keystroke.
 */
export function findingsOf(analysis: FileAnalysis, translations = true): readonly Finding[] {
  return inOneGo(findingsInSteps(analysis, translations));
}

/** The same, one function a step. */
export function* findingsInSteps(analysis: FileAnalysis, translations: boolean): Steps<readonly Finding[]> {
  const { session, functions } = analysis;
  const { file } = session;
  const suppressions = new Suppressions(file.facts.directives, file.text);
  const found: Finding[] = [];
  const anyAbout = isAbout(file, file.text);
  const others = anyAbout ? yield* withoutProducts(analysis) : [];
  for (const each of [...functions, ...others]) {
    const facts = file.functionFacts(each.key);
    const isOfInterest = each.operations.length > 0 || (anyAbout && (!facts || isAbout(file, file.textOf(facts))));
    if (!isOfInterest) continue;
    const def = each.key === '' ? topLevel(file) : file.body(each.key);
    const summary = each.key === '' ? each : summarize(session, each.key);
    if (!def || !summary) continue;
    yield;
    const convertible = (): boolean => translations && isConvertible(analysis, each.key);
    const scene = new FunctionScene(session, summary, def, convertible);
    // A translation looks further than a summary, so that it may be another one in the next version of the text.
    const detected = translations
      ? detectIn(scene)
      : session.derive(
          summary,
          'findings without translations',
          () => ({ findings: detectIn(scene), asked: scene.asked }),
          ({ asked }) => asked.every(({ question, answer }) => question(file) === answer),
        ).findings;
    found.push(...detected.map((finding) => moved(finding, file)));
  }
  const broken = (each: Finding): boolean =>
    file.facts.broken.some((span) => span.start < each.end && span.end > each.start);
  return found
    .filter((each) => !broken(each) && !suppressions.silences(each))
    .sort((a, b) => a.start - b.start || b.end - a.end);
}

const OF_JAX = /\bjax\s*\.\s*jit\b|(?<![.\w])jit\b/;
const OF_TORCH = /\bDataParallel\s*\(/;
/** Loops that differentiate in each step, or that look up the rows of each expert. */
const LOOPED = /\bgrad\s*\(|\.backward\s*\(|\bexperts?\b|\.index_(?:add|copy)_\(/;

/** It compiles, distributes or differentiates something, and what it is given may hold the products. */
function isAbout(file: FileModel, text: string): boolean {
  const { frameworks } = file.scope;
  if (frameworks.has('jax') && OF_JAX.test(text)) return true;
  return frameworks.has('torch') && (OF_TORCH.test(text) || (LOOPED.test(text) && /\bfor\b/.test(text)));
}

/** Functions that hold no products of their own, and that rules speak of nevertheless. */
function* withoutProducts({ session, functions }: FileAnalysis): Steps<readonly FunctionAnalysis[]> {
  const { file } = session;
  const known = new Set(functions.map((each) => each.key));
  const found: FunctionAnalysis[] = [];
  for (const facts of file.facts.functions) {
    if (known.has(facts.key) || !isAbout(file, file.textOf(facts))) continue;
    yield;
    const summary = summarize(session, facts.key);
    if (summary) found.push(summary);
  }
  return found;
}

/** The code outside of functions, as if it were one without parameters. */
function topLevel({ facts, text }: FileModel): DefStmt {
  const nothing = { bodyStart: 0, name: '<module>', async: false, decorators: [], parameters: [] };
  return { kind: 'def', ...nothing, body: facts.module, start: 0, end: text.length };
}

/** A finding with offsets of its function, where it stands in the file. */
function moved(finding: LocalFinding, file: FileModel): Finding {
  const move = <T extends Span>(span: T, by = file.originOf(finding.owner)): T => ({
    ...span,
    start: span.start + by,
    end: span.end + by,
  });
  return {
    ...move(finding),
    fixes: finding.fixes.map((fix) => ({ ...fix, edits: fix.edits.map((each) => move(each)) })),
    related: finding.related.map(({ owner, ...each }) => move(each, file.originOf(owner))),
  };
}

function isConvertible(analysis: FileAnalysis, key: string): boolean {
  return convertToJax(analysis, subjectName(analysis, key))?.ok === true;
}

/** The comment that silences a finding from now on. */
export function suppressionEdit({ session: { file } }: FileAnalysis, finding: Finding): Edit {
  return commentFor(file.text, file.facts.directives, finding);
}

/** What the reader would name: a function, or the class whose `forward` it is. */
function subjectName({ session }: FileAnalysis, key: string): string {
  const facts = session.file.functionFacts(key);
  return facts?.name === 'forward' && facts.owner !== null
    ? (session.file.classFacts(facts.owner)?.qualname ?? '')
    : (facts?.qualname ?? '');
}
