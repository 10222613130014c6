/** The core with the real grammar, for tests. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Analyzer, inOneGo, loadGrammar, PythonParser } from '../../../src/core';
import type { FileAnalysis, FileFacts, Language, Source } from '../../../src/core';

/** The checkout: tests are run from it. */
export const ROOT = process.cwd();

export class TestCore {
  readonly analyzer: Analyzer;
  private readonly parser: PythonParser;

  private constructor(readonly language: Language) {
    this.analyzer = new Analyzer(language, () => performance.now());
    this.parser = new PythonParser(language);
  }

  static async load(): Promise<TestCore> {
    const modules = path.join(ROOT, 'node_modules');
    const [runtime, python] = await Promise.all([
      readFile(path.join(modules, 'web-tree-sitter/web-tree-sitter.wasm')),
      readFile(path.join(modules, 'tree-sitter-python/tree-sitter-python.wasm')),
    ]);
    return new TestCore(await loadGrammar({ runtime, python }));
  }

  /** The analysis of a text; null where it is too tangled to be read in time. */
  tryAnalyze(text: string, limitMs = 10_000): FileAnalysis | null {
    const parsed = this.parser.parse(text, { now: () => performance.now(), limitMs });
    if (parsed.kind !== 'tree') return null;
    try {
      return this.analyzer.analyze(parsed.tree, text);
    } finally {
      parsed.tree.delete();
    }
  }

  /** The facts of a text, from its outline or from all of it; null where that has errors. */
  facts(source: Source, text: string): FileFacts | null {
    const parsed = this.parser.parse(source, { now: () => performance.now(), limitMs: 10_000 });
    if (parsed.kind !== 'tree') return null;
    try {
      return parsed.tree.rootNode.hasError ? null : inOneGo(this.analyzer.facts(parsed.tree, text));
    } finally {
      parsed.tree.delete();
    }
  }

  analyze(text: string): FileAnalysis {
    const analysis = this.tryAnalyze(text);
    assert.ok(analysis, 'the text could not be analysed');
    return analysis;
  }
}
