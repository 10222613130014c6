/** From the text of a file to its operations: the pure core's entry for one file. */
import type { Language, Tree } from 'web-tree-sitter';
import { analyzeTopLevel, inheritedFields, summarize } from './infer/analyzeFunction';
import { TELLING_WORDS } from './infer/family';
import { carryOver } from './infer/carryOver';
import { withModulesHandedOn } from './infer/handedOn';
import { withShapesHandedOn } from './infer/shapesHandedOn';
import { isComplete } from './infer/knowledge';
import { FileModel } from './infer/model';
import type { OtherFiles } from './infer/otherFiles';
import type { Question } from './infer/productive';
import { relevantFunctions } from './infer/relevance';
import { Session } from './infer/session';
import type { FunctionAnalysis } from './infer/summary';
import type { FileFacts, FunctionFacts } from './lower/facts';
import type { DefStmt, Span } from './lower/ir';
import { Lowering } from './lower/lower';
import type { ReadBody, UpdatedFacts } from './lower/lower';
import { inOneGo } from './steps';
import type { Steps } from './steps';
import type { Place } from './link/place';
import type { SourceFile } from './link/sourceHost';

/** What a file is analysed among. */
export interface Surroundings {
  readonly place: Place;
  readonly others: OtherFiles;
}

export interface FileAnalysis {
  readonly session: Session;
  readonly functions: readonly FunctionAnalysis[];
}

/** Gives a function's whole definition, with offsets from its own beginning; null where it cannot be read. */
export type BodyReader = (facts: FunctionFacts) => DefStmt | null;

/** Functions that give a module its arguments, by the convention of benchmark problems. Nothing calls them. */
const PROVIDERS = new Set(['get_inputs', 'get_init_inputs']);

export class Analyzer {
  private readonly lowering: Lowering;

  /**
   * @param question which functions are evaluated: those that run operations somewhere below, as lenses tell of
   *   them, or just those in which operations are told; what is told of these is the same
   */
  constructor(
    language: Language,
    now: () => number,
    private readonly question: Question = 'run',
  ) {
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
   * @param among the file's place, and the other files as far as they are known; null: the file stands for itself
   * @returns null where the text is too tangled to be analysed in time. The tree may be freed afterwards.
   */
  analyze(
    tree: Tree,
    text: string,
    previous: FileAnalysis | null = null,
    bodies: 'needed' | 'all' = 'needed',
    among: Surroundings | null = null,
  ): FileAnalysis | null {
    return inOneGo(this.analyzeInSteps(tree, text, previous, bodies, among));
  }

  /** The same in steps, during which the tree must stay. */
  *analyzeInSteps(
    tree: Tree,
    text: string,
    previous: FileAnalysis | null,
    bodies: 'needed' | 'all',
    among: Surroundings | null,
  ): Steps<FileAnalysis | null> {
    const updated = yield* this.factsOf(tree, text, previous);
    if (!updated) return null;
    const { facts, stale } = updated;
    yield;
    const file = new FileModel(facts, text, (each) => this.lowering.body(tree, text, each), among?.place ?? null);
    const session = new Session(file, among?.others ?? null);
    if (previous) carryOver(previous.session, session, stale);
    let analysis = yield* evaluateFile(session, this.question);
    // Had a bound been reached in another order, other results would be missing.
    if (previous && session.cut)
      analysis = yield* evaluateFile(new Session(file, among?.others ?? null), this.question);
    if (bodies === 'all') for (const each of facts.functions) file.body(each.key);
    file.readFrom((each) => this.lowering.bodyFromText(text, each).body);
    return analysis;
  }

  /** A file whose facts are known already, because another one imports it. */
  analyzeFacts(facts: FileFacts, text: string, among: Surroundings, bodies: BodyReader): FileAnalysis {
    const file = new FileModel(facts, text, bodies, among.place);
    return inOneGo(evaluateFile(new Session(file, among.others), this.question));
  }

  /** The same file once more, now that more is known of the files that it imports. */
  *again({ session }: FileAnalysis): Steps<FileAnalysis> {
    const next = new Session(session.file, session.others);
    if (!session.cut)
      for (const each of session.knownSummaries()) if (isComplete(each.reads)) next.adopt(each, session);
    return yield* evaluateFile(next, this.question);
  }

  /** The facts of a file that others import; null where its text is too tangled to be read in time. */
  facts(tree: Tree, text: string): Steps<FileFacts | null> {
    return this.lowering.facts(tree, text);
  }

  /** The model of a file that others import. */
  otherFile(facts: FileFacts, { text, ...place }: SourceFile, bodies: BodyReader): FileModel {
    return FileModel.ofOther(facts, text, bodies, place);
  }

  /** A function's body. @param tree of the whole text, or null where it is gone */
  body(tree: Tree | null, text: string, facts: FunctionFacts): ReadBody {
    return tree
      ? { body: this.lowering.body(tree, text, facts), broken: false }
      : this.lowering.bodyFromText(text, facts);
  }

  private *factsOf(tree: Tree, text: string, previous: FileAnalysis | null): Steps<UpdatedFacts | null> {
    const file = previous?.session.file;
    const updated = file ? this.lowering.update(tree, text, file.facts, file.text) : null;
    if (updated) return updated;
    const facts = yield* this.lowering.facts(tree, text);
    return facts && { facts, stale: null };
  }
}

/** One function a step, or less. */
function* evaluateFile(session: Session, question: Question): Steps<FileAnalysis> {
  const { file } = session;
  const functions: FunctionAnalysis[] = [];
  const inherited = yield* session.patiently(() => session.tracked(() => inheritedFields(session, question)));
  const own = yield* session.patiently(() => analyzeTopLevel(session));
  const top = { ...own, reads: new Set([...own.reads, ...inherited.reads]) };
  yield;
  for (const each of yield* relevantFunctions(file, inherited.result, question)) {
    const analysis = yield* session.patiently(() => summarize(session, each.key));
    if (analysis) functions.push(analysis);
  }
  functions.push(top);
  for (const each of file.facts.functions) if (PROVIDERS.has(each.key)) summarize(session, each.key);
  // While modules are missing, this will be done again.
  const settled = functions.every((each) => isComplete(each.reads));
  const complete = settled ? yield* withModulesHandedOn(session, withShapesHandedOn(session, functions)) : functions;
  return { session, functions: complete.map((each) => withoutBroken(each, file)) };
}

/** Nothing is said inside broken code. */
function withoutBroken(analysis: FunctionAnalysis, file: FileModel): FunctionAnalysis {
  const { broken } = file.facts;
  if (broken.length === 0) return analysis;
  const origin = file.originOf(analysis.key);
  const end = file.functionFacts(analysis.key)?.def.end ?? file.text.length;
  // A function that is broken as a whole may be known as it was, and its places are none of this text.
  if (broken.some((each) => each.start <= origin && each.end >= end)) return { ...analysis, operations: [] };
  const touches = (span: Span): boolean =>
    broken.some((each) => each.start < span.end + origin && each.end > span.start + origin);
  return { ...analysis, operations: analysis.operations.filter((each) => !touches(each)) };
}
