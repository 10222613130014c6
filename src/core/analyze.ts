/** From the text of a file to its operations: the pure core's entry for one file. */
import type { Language, Tree } from 'web-tree-sitter';
import { analyzeTopLevel, summarize } from './infer/analyzeFunction';
import { TELLING_WORDS } from './infer/family';
import { carryOver } from './infer/carryOver';
import { FileModel } from './infer/model';
import { relevantFunctions } from './infer/relevance';
import { Session } from './infer/session';
import type { FunctionAnalysis } from './infer/summary';
import type { Span } from './lower/ir';
import { Lowering } from './lower/lower';
import type { UpdatedFacts } from './lower/lower';

export interface FileAnalysis {
  readonly session: Session;
  readonly functions: readonly FunctionAnalysis[];
}

/** Functions that give a module its arguments, by the convention of benchmark problems. Nothing calls them. */
const PROVIDERS = new Set(['get_inputs', 'get_init_inputs']);

export class Analyzer {
  private readonly lowering: Lowering;

  constructor(language: Language, now: () => number) {
    this.lowering = new Lowering(language, now);
  }

  /** Whether a text can hold anything to be found; the others need no parse. */
  static mayMatter(text: string): boolean {
    return TELLING_WORDS.test(text);
  }

  /**
   * @param previous the analysis of an earlier version of the text, of which everything that still holds is kept
   * @param bodies `all`: every function's body is read, as a translation of any of them needs it; else those
   *   that operations depend on
   * @returns null where the text is too tangled to be analysed in time. The tree may be freed afterwards.
   */
  analyze(
    tree: Tree,
    text: string,
    previous: FileAnalysis | null = null,
    bodies: 'needed' | 'all' = 'needed',
  ): FileAnalysis | null {
    const updated = this.factsOf(tree, text, previous);
    if (!updated) return null;
    const { facts, stale } = updated;
    const file = new FileModel(facts, text, (each) => this.lowering.body(tree, text, each));
    const session = new Session(file);
    if (previous) carryOver(previous.session, session, stale);
    const functions: FunctionAnalysis[] = [];
    for (const each of relevantFunctions(file)) {
      const analysis = summarize(session, each.key);
      if (analysis) functions.push(analysis);
    }
    functions.push(analyzeTopLevel(session));
    for (const each of facts.functions) if (PROVIDERS.has(each.key)) summarize(session, each.key);
    if (bodies === 'all') for (const each of facts.functions) file.body(each.key);
    file.seal();
    return { session, functions: functions.map((each) => withoutBroken(each, file)) };
  }

  private factsOf(tree: Tree, text: string, previous: FileAnalysis | null): UpdatedFacts | null {
    const file = previous?.session.file;
    const updated = file ? this.lowering.update(tree, text, file.facts, file.text) : null;
    if (updated) return updated;
    const facts = this.lowering.facts(tree, text);
    return facts && { facts, stale: null };
  }
}

/** Nothing is said inside broken code. */
function withoutBroken(analysis: FunctionAnalysis, file: FileModel): FunctionAnalysis {
  const { broken } = file.facts;
  if (broken.length === 0) return analysis;
  const origin = file.originOf(analysis.key);
  const touches = (span: Span): boolean =>
    broken.some((each) => each.start < span.end + origin && each.end > span.start + origin);
  return { ...analysis, operations: analysis.operations.filter((each) => !touches(each)) };
}
