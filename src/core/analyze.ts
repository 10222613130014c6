/** From the text of a file to its operations: the pure core's entry for one file. */
import type { Language, Tree } from 'web-tree-sitter';
import { analyzeTopLevel, summarize } from './infer/analyzeFunction';
import { TELLING_WORDS } from './infer/family';
import { FileModel } from './infer/model';
import { relevantFunctions } from './infer/relevance';
import { Session } from './infer/session';
import type { FunctionAnalysis } from './infer/summary';
import type { Span } from './lower/ir';
import { Lowering } from './lower/lower';

export interface FileAnalysis {
  readonly session: Session;
  readonly functions: readonly FunctionAnalysis[];
}

export class Analyzer {
  private readonly lowering: Lowering;

  constructor(language: Language, now: () => number) {
    this.lowering = new Lowering(language, now);
  }

  /** Whether a text can hold anything to be found; the others need no parse. */
  static mayMatter(text: string): boolean {
    return TELLING_WORDS.test(text);
  }

  /** @returns null where the text is too tangled to be analysed in time. The tree may be freed afterwards. */
  analyze(tree: Tree, text: string): FileAnalysis | null {
    const facts = this.lowering.facts(tree, text);
    if (!facts) return null;
    const file = new FileModel(facts, text, (each) => this.lowering.body(tree, text, each));
    const session = new Session(file);
    const functions: FunctionAnalysis[] = [];
    for (const each of relevantFunctions(file)) {
      const analysis = summarize(session, each.key);
      if (analysis) functions.push(analysis);
    }
    functions.push(analyzeTopLevel(session));
    return { session, functions: functions.map((each) => withoutBroken(each, file)) };
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
