/** A document that is analysed after each edit as the editor does it, and files around it that it imports. */
import assert from 'node:assert/strict';
import { ModuleFinder, PythonParser, TreeCache, Workspace } from '../../../src/core';
import type { Analyzer, FileAnalysis, FileReader, Pace } from '../../../src/core';
import type { TestCore } from '../../core/support/analyze';

const PACE: Pace = {
  now: () => performance.now(),
  breathe: () => Promise.resolve(),
  sliceMs: 8,
  limitMs: 10_000,
};

export class EditedDocument {
  private readonly trees: TreeCache;
  private readonly workspace: Workspace;
  private readonly finder: ModuleFinder;
  private readonly analyzer: Analyzer;
  private previous: FileAnalysis | null = null;

  /** @param files texts of other files by path; null: the document stands for itself */
  constructor(
    { language, analyzer }: TestCore,
    private readonly path: string,
    private readonly files: ReadonlyMap<string, string> | null,
  ) {
    this.trees = new TreeCache(language, 1);
    this.analyzer = analyzer;
    const reader: FileReader = {
      isFile: (each) => Promise.resolve(files?.has(each) === true),
      read: (each) => Promise.resolve(files?.get(each) ?? null),
    };
    this.finder = new ModuleFinder(reader, []);
    this.workspace = new Workspace(this.finder, analyzer, (text) => {
      const parser = new PythonParser(language);
      const parsed = parser.parse(text, PACE);
      parser.dispose();
      return Promise.resolve(parsed);
    });
  }

  /** The analysis of the next text, and whether all of it parses; null where it is too tangled. */
  async become(text: string): Promise<{ readonly analysis: FileAnalysis; readonly sound: boolean } | null> {
    const among = this.files ? this.workspace.surroundings(await this.finder.placeOf(this.path)) : null;
    const parsed = await this.trees.parse('document', text, PACE);
    if (parsed.kind !== 'tree') return null;
    const sound = !parsed.tree.rootNode.hasError;
    const alone = this.analyzer.analyze(parsed.tree, text, this.previous, 'needed', among);
    if (!alone) return null;
    const analysis = among ? await this.workspace.complete(alone) : alone;
    assert(analysis);
    this.previous = analysis;
    return { analysis, sound };
  }

  /** Other files have changed. */
  filesChanged(): void {
    this.workspace.changed();
    this.finder.changed();
  }

  dispose(): void {
    this.trees.dispose();
  }
}
