/** An analysis in which every function can be translated, not only those that hold operations. */
import assert from 'node:assert/strict';
import { Analyzer, PythonParser } from '../../../src/core';
import type { FileAnalysis } from '../../../src/core';
import type { TestCore } from '../support/analyze';

/** For many texts: the grammar's queries are compiled once. */
export class WholeAnalyzer {
  private readonly parser: PythonParser;
  private readonly analyzer: Analyzer;

  constructor({ language }: TestCore) {
    this.parser = new PythonParser(language);
    this.analyzer = new Analyzer(language, () => performance.now());
  }

  analyze(text: string): FileAnalysis {
    const parsed = this.parser.parse(text, { now: () => performance.now(), limitMs: 10_000 });
    if (parsed.kind !== 'tree') throw new Error(parsed.kind);
    try {
      const analysis = this.analyzer.analyze(parsed.tree, text, null, 'all');
      assert.ok(analysis, 'the text could not be analysed');
      return analysis;
    } finally {
      parsed.tree.delete();
    }
  }
}

export function analyzeAll(core: TestCore, text: string): FileAnalysis {
  return new WholeAnalyzer(core).analyze(text);
}
