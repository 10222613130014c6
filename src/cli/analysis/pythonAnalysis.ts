/** From the text of a file to what core knows of it, for work without an editor. */
import { Analyzer, PythonParser } from '../../core';
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

  /** @param bodies `all` where something is to be translated, which may need any function of the file */
  constructor(
    language: Language,
    private readonly bodies: 'needed' | 'all' = 'needed',
  ) {
    this.parser = new PythonParser(language);
    this.analyzer = new Analyzer(language, this.now);
  }

  of(text: string): TextAnalysis {
    if (!Analyzer.mayMatter(text)) return { kind: 'nothing' };
    const parsed = this.parser.parse(text, { now: this.now, limitMs: LONGEST_PARSE_MS });
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
