/** From the text of a file to what core knows of it, for work without an editor. */
import { Analyzer, countErrors, ModuleFinder, PythonParser, Workspace } from '../../core';
import { DISK, withSlashes } from '../../desktop/files/moduleSources';
import type { FileAnalysis, Language } from '../../core';

export type TextAnalysis =
  | { readonly kind: 'analysis'; readonly analysis: FileAnalysis }
  /** There is nothing in it that could be found. */
  | { readonly kind: 'nothing' }
  /** Continues a sentence that begins with the file's name. */
  | { readonly kind: 'unfit'; readonly reason: string };

/** No file that people wrote comes near: 50,000 lines parse in a second. */
const LONGEST_PARSE_MS = 20_000;

export class PythonAnalysis {
  private readonly parser: PythonParser;
  private readonly analyzer: Analyzer;
  private readonly now = () => performance.now();
  private readonly clock = { now: this.now, limitMs: LONGEST_PARSE_MS };

  private readonly finder: ModuleFinder;
  private readonly workspace: Workspace;

  /**
   * @param searched folders in which modules are looked for, after the importing file's own package
   * @param bodies `all` where something is to be translated, which may need any function of the file
   */
  constructor(
    language: Language,
    searched: readonly string[],
    private readonly bodies: 'needed' | 'all' = 'needed',
  ) {
    this.parser = new PythonParser(language);
    this.analyzer = new Analyzer(language, this.now, bodies === 'all' ? 'run' : 'told');
    this.finder = new ModuleFinder(DISK, searched);
    this.workspace = new Workspace(this.finder, this.analyzer, (source) =>
      Promise.resolve(this.parser.parse(source, this.clock)),
    );
  }

  /** @param file absolute path of the file, among whose modules it is analysed */
  async ofFile(text: string, file: string): Promise<TextAnalysis> {
    if (!Analyzer.mayMatter(text)) return { kind: 'nothing' };
    const analysis = await this.workspace.analyze(await this.finder.placeOf(withSlashes(file)), text);
    return analysis
      ? { kind: 'analysis', analysis }
      : { kind: 'unfit', reason: 'is too tangled to be analysed in time' };
  }

  /** In how many places a text does not parse. */
  errorsIn(text: string): number {
    const parsed = this.parser.parse(text, this.clock);
    if (parsed.kind !== 'tree') return Infinity;
    const count = countErrors(parsed.tree);
    parsed.tree.delete();
    return count;
  }

  of(text: string): TextAnalysis {
    if (!Analyzer.mayMatter(text)) return { kind: 'nothing' };
    const parsed = this.parser.parse(text, this.clock);
    if (parsed.kind !== 'tree') return { kind: 'unfit', reason: 'is too tangled to be parsed in time' };
    try {
      const analysis = this.analyzer.analyze(parsed.tree, text, null, this.bodies);
      return analysis
        ? { kind: 'analysis', analysis }
        : { kind: 'unfit', reason: 'is too tangled to be analysed in time' };
    } finally {
      parsed.tree.delete();
    }
  }
}
