/** From a text to a snapshot, in turns with the host. Loads the grammar when it is first asked. */
import type { Analyzer, FileAnalysis, GrammarBytes, Language, Pace, TreeCache } from '../../core';
import { loadCore } from './analysis';
import type { Analysis, Core } from './analysis';
import { emptySnapshot } from './snapshot';
import type { Snapshot } from './snapshot';

/** Larger files are generated; a tree takes about ten times its text's memory. */
const LARGEST_CHARACTERS = 8_000_000;

/** Documents whose trees are kept for incremental parsing. */
const TREES = 20;

/** Design, section 2: a parse holds the host for at most one slice of this length. */
const SLICE_MS = 8;
const LIMIT_MS = 5_000;

export type Analyzed =
  | { readonly kind: 'snapshot'; readonly snapshot: Snapshot }
  /** A newer version came meanwhile. */
  | { readonly kind: 'cancelled' }
  /** Too large or too tangled: nothing will be said of this version. */
  | { readonly kind: 'skipped'; readonly snapshot: Snapshot; readonly reason: string };

interface Loaded {
  readonly core: Core;
  readonly language: Language;
  readonly analyzer: Analyzer;
  readonly trees: TreeCache;
}

export class AnalysisEngine {
  private loaded: Promise<Loaded> | null = null;
  /** The last analysis of each document, from which the next takes over what still holds; the newest last. */
  private readonly previous = new Map<string, FileAnalysis>();

  constructor(private readonly grammar: () => Promise<GrammarBytes>) {}

  /** @param isCurrent whether this version is still the document's newest */
  async analyze(key: string, version: number, text: string, isCurrent: () => boolean): Promise<Analyzed> {
    const skipped = (reason: string): Analyzed => ({ kind: 'skipped', snapshot: emptySnapshot(version, text), reason });
    if (text.length > LARGEST_CHARACTERS) return skipped(`it has ${text.length} characters`);
    const { core, analyzer, trees } = await this.load();
    if (!core.Analyzer.mayMatter(text)) return { kind: 'snapshot', snapshot: emptySnapshot(version, text) };
    const parsed = await trees.parse(key, text, PACE);
    if (parsed.kind === 'cancelled' || !isCurrent()) return { kind: 'cancelled' };
    if (parsed.kind === 'tangled') return skipped('it is too tangled to be parsed in time');
    // The tree may be gone after the next `await`.
    const file = analyzer.analyze(parsed.tree, text, this.previous.get(key));
    if (!file) return skipped('it is too tangled to be analysed in time');
    this.remember(key, file);
    return this.conclude({ core, file }, version, text, isCurrent);
  }

  /** Analyses texts to translate them, or that are no documents, such as rewritten functions; each in one go. */
  async analyzeTexts(): Promise<(text: string) => FileAnalysis | null> {
    const { core, analyzer, language } = await this.load();
    return (text) => {
      const parser = new core.PythonParser(language);
      const parsed = parser.parse(text, PACE);
      parser.dispose();
      if (parsed.kind !== 'tree') return null;
      const analysis = analyzer.analyze(parsed.tree, text, null, 'all');
      parsed.tree.delete();
      return analysis;
    };
  }

  private remember(key: string, file: FileAnalysis): void {
    this.previous.delete(key);
    this.previous.set(key, file);
    const [oldest] = this.previous.keys();
    if (this.previous.size > TREES && oldest !== undefined) this.previous.delete(oldest);
  }

  forget(key: string): void {
    this.previous.delete(key);
    void this.loaded?.then(({ trees }) => {
      trees.drop(key);
    });
  }

  dispose(): void {
    void this.loaded?.then(({ trees }) => {
      trees.dispose();
    });
  }

  private async conclude(
    analysis: Analysis,
    version: number,
    text: string,
    isCurrent: () => boolean,
  ): Promise<Analyzed> {
    const { core, file } = analysis;
    await PACE.breathe();
    if (!isCurrent()) return { kind: 'cancelled' };
    const findings = core.findingsOf(file, false);
    await PACE.breathe();
    if (!isCurrent()) return { kind: 'cancelled' };
    return { kind: 'snapshot', snapshot: { version, text, analysis, findings, subjects: core.raceSubjects(file) } };
  }

  private async start(): Promise<Loaded> {
    // Documents that are open already ask while the extension is being activated: the core comes after that.
    await PACE.breathe();
    const [core, bytes] = await Promise.all([loadCore(), this.grammar()]);
    const language = await core.loadGrammar(bytes);
    const analyzer = new core.Analyzer(language, () => PACE.now());
    return { core, language, analyzer, trees: new core.TreeCache(language, TREES) };
  }

  private load(): Promise<Loaded> {
    this.loaded ??= this.start();
    return this.loaded;
  }
}

const PACE: Pace = {
  now: () => performance.now(),
  breathe: () => new Promise((resolve) => setTimeout(resolve, 0)),
  sliceMs: SLICE_MS,
  limitMs: LIMIT_MS,
};
