/** From a source to what is known of it, in turns with the host. Loads the grammar when it is first asked. */
import type { FileAnalysis, GrammarBytes, LiveAnalyses, ModuleFinder, Pace } from '../../core';
import { loadCore } from './analysis';
import type { Core } from './analysis';
import { searchedFolders, WORKSPACE_FILES } from './otherSources';
import type { ProjectRules } from './projectRules';
import { nothingFound } from './snapshot';
import type { Analyzed } from './snapshot';
import type { Source } from './source';

/** Larger files are generated; a tree takes about ten times its text's memory. */
const LARGEST_CHARACTERS = 8_000_000;

/** Sources whose trees are kept for incremental parsing. */
const TREES = 20;

/** Design, section 2: an analysis holds the host for at most one slice of this length. */
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
  readonly live: LiveAnalyses;
}

export class AnalysisEngine {
  private loaded: Promise<Loaded> | null = null;
  private modules: Promise<ModuleFinder> | null = null;

  constructor(
    private readonly grammar: () => Promise<GrammarBytes>,
    private readonly projects: ProjectRules,
  ) {}

  /** Whether an analysis rests on the text of a file that is not its own. */
  async hasRead(id: string): Promise<boolean> {
    return (await this.loaded)?.live.workspace.hasRead(id) ?? false;
  }

  /** Files of the workspace have changed: what was learned from other files may no longer hold. */
  async filesChanged(): Promise<void> {
    this.modules = null;
    (await this.loaded)?.live.workspace.changed();
  }

  /** @param isCurrent whether the source still is what it was when this was called */
  async analyze(source: Source, isCurrent: () => boolean): Promise<AnalysisResult> {
    const { core, live } = await this.load();
    if (!isCurrent()) return { kind: 'cancelled' };
    const { key, id } = source;
    const reading = source.read(core);
    const { text } = reading;
    const skipped = (reason: string): AnalysisResult => ({ kind: 'skipped', analyzed: nothingFound(reading), reason });
    if (text.length > LARGEST_CHARACTERS) return skipped(`it has ${text.length} characters`);
    if (!core.Analyzer.mayMatter(text)) return { kind: 'analyzed', analyzed: nothingFound(reading) };
    const place = id === null ? null : await (await this.finder(core)).placeOf(id);
    const result = await live.analyze(key, text, place, isCurrent);
    if (result.kind === 'cancelled') return result;
    if (result.kind === 'tangled') return skipped(result.reason);
    const { file, findings, subjects } = result;
    const projectRules = id === null ? null : await this.projects.of(id);
    return { kind: 'analyzed', analyzed: { ...reading, analysis: { core, file }, findings, subjects, projectRules } };
  }

  /** Analyses texts to translate them, or that are no documents, such as rewritten functions; each in one go. */
  async analyzeTexts(): Promise<(text: string) => FileAnalysis | null> {
    const { live } = await this.load();
    return (text) => live.analyzeText(text);
  }

  forget(key: string): void {
    void this.loaded?.then(({ live }) => {
      live.forget(key);
    });
  }

  dispose(): void {
    void this.loaded?.then(({ live }) => {
      live.dispose();
    });
  }

  private finder(core: Core): Promise<ModuleFinder> {
    this.modules ??= searchedFolders(core).then((folders) => new core.ModuleFinder(WORKSPACE_FILES, folders));
    return this.modules;
  }

  private load(): Promise<Loaded> {
    this.loaded ??= this.start();
    return this.loaded;
  }

  private async start(): Promise<Loaded> {
    // Documents that are open already ask while the extension is being activated: the core comes after that.
    await PACE.breathe();
    const [core, bytes] = await Promise.all([loadCore(), this.grammar()]);
    const language = await core.loadGrammar(bytes);
    const find = async (module: string, from: string) => (await this.finder(core)).find(module, from);
    return { core, live: new core.LiveAnalyses(language, { find }, PACE, TREES) };
  }
}

const PACE: Pace = {
  now: () => performance.now(),
  breathe: () => new Promise((resolve) => setTimeout(resolve, 0)),
  sliceMs: SLICE_MS,
  limitMs: LIMIT_MS,
};
