/** From a text to a snapshot, in turns with the host. Loads the grammar when it is first asked. */
import type {
  Analyzer,
  FileAnalysis,
  GrammarBytes,
  Language,
  ModuleFinder,
  Pace,
  ParseResult,
  TreeCache,
  Workspace,
} from '../../core';
import { loadCore } from './analysis';
import type { Analysis, Core } from './analysis';
import { searchedFolders, WORKSPACE_FILES } from './otherSources';
import { nothingFound } from './snapshot';
import type { Analyzed } from './snapshot';
import type { Reading, Source } from './source';

/** Larger files are generated; a tree takes about ten times its text's memory. */
const LARGEST_CHARACTERS = 8_000_000;

/** Documents whose trees are kept for incremental parsing. */
const TREES = 20;

/** Design, section 2: a parse holds the host for at most one slice of this length. */
const SLICE_MS = 8;
const LIMIT_MS = 5_000;

export type AnalysisResult =
  | { readonly kind: 'analyzed'; readonly analyzed: Analyzed }
  /** A newer version came meanwhile. */
  | { readonly kind: 'cancelled' }
  /** Too large or too tangled: nothing will be said of this version. */
  | { readonly kind: 'skipped'; readonly analyzed: Analyzed; readonly reason: string };

interface Loaded {
  readonly core: Core;
  readonly language: Language;
  readonly analyzer: Analyzer;
  readonly trees: TreeCache;
  readonly workspace: Workspace;
}

export class AnalysisEngine {
  private loaded: Promise<Loaded> | null = null;
  /** The last analysis of each document, from which the next takes over what still holds; the newest last. */
  private readonly previous = new Map<string, FileAnalysis>();

  private modules: Promise<ModuleFinder> | null = null;

  constructor(private readonly grammar: () => Promise<GrammarBytes>) {}

  /** Whether an analysis rests on the text of a file that is not its own. */
  async hasRead(id: string): Promise<boolean> {
    return (await this.loaded)?.workspace.hasRead(id) ?? false;
  }

  /** Files of the workspace have changed: what was learned from other files may no longer hold. */
  async filesChanged(): Promise<void> {
    this.modules = null;
    (await this.loaded)?.workspace.changed();
  }

  private finder(core: Core): Promise<ModuleFinder> {
    this.modules ??= searchedFolders(core).then((folders) => new core.ModuleFinder(WORKSPACE_FILES, folders));
    return this.modules;
  }

  /** @param isCurrent whether the source still is what it was when this was called */
  async analyze(source: Source, isCurrent: () => boolean): Promise<AnalysisResult> {
    const { core, analyzer, trees, workspace } = await this.load();
    if (!isCurrent()) return { kind: 'cancelled' };
    const { key, id } = source;
    const reading = source.read(core);
    const { text } = reading;
    const skipped = (reason: string): AnalysisResult => ({ kind: 'skipped', analyzed: nothingFound(reading), reason });
    if (text.length > LARGEST_CHARACTERS) return skipped(`it has ${text.length} characters`);
    if (!core.Analyzer.mayMatter(text)) return { kind: 'analyzed', analyzed: nothingFound(reading) };
    const finder = await this.finder(core);
    const place = id === null ? null : await finder.placeOf(id);
    const parsed = await trees.parse(key, text, PACE);
    if (parsed.kind === 'cancelled' || !isCurrent()) return { kind: 'cancelled' };
    if (parsed.kind === 'tangled') return skipped('it is too tangled to be parsed in time');
    // The tree may be gone after the next `await`.
    const among = place ? workspace.surroundings(place) : null;
    const alone = analyzer.analyze(parsed.tree, text, this.previous.get(key), 'needed', among);
    if (!alone) return skipped('it is too tangled to be analysed in time');
    const file = await workspace.complete(alone, isCurrent);
    if (!file) return { kind: 'cancelled' };
    this.remember(key, file);
    return this.conclude({ core, file }, reading, isCurrent);
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

  private async conclude(analysis: Analysis, reading: Reading, isCurrent: () => boolean): Promise<AnalysisResult> {
    const { core, file } = analysis;
    await PACE.breathe();
    if (!isCurrent()) return { kind: 'cancelled' };
    const findings = core.findingsOf(file, false);
    await PACE.breathe();
    if (!isCurrent()) return { kind: 'cancelled' };
    return { kind: 'analyzed', analyzed: { ...reading, analysis, findings, subjects: core.raceSubjects(file) } };
  }

  private async start(): Promise<Loaded> {
    // Documents that are open already ask while the extension is being activated: the core comes after that.
    await PACE.breathe();
    const [core, bytes] = await Promise.all([loadCore(), this.grammar()]);
    const language = await core.loadGrammar(bytes);
    const analyzer = new core.Analyzer(language, () => PACE.now());
    const find = async (module: string, from: string) => (await this.finder(core)).find(module, from);
    const workspace = new core.Workspace({ find }, analyzer, (text) => parseAlone(core, language, text));
    return { core, language, analyzer, trees: new core.TreeCache(language, TREES), workspace };
  }

  private load(): Promise<Loaded> {
    this.loaded ??= this.start();
    return this.loaded;
  }
}

async function parseAlone(core: Core, language: Language, text: string): Promise<ParseResult> {
  const parser = new core.PythonParser(language);
  try {
    return await parser.parseInSlices(text, PACE, { cancelled: () => false });
  } finally {
    parser.dispose();
  }
}

const PACE: Pace = {
  now: () => performance.now(),
  breathe: () => new Promise((resolve) => setTimeout(resolve, 0)),
  sliceMs: SLICE_MS,
  limitMs: LIMIT_MS,
};
