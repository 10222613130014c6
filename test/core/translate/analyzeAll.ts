/** An analysis in which every function can be translated, not only those that hold operations. */
import assert from 'node:assert/strict';
import { Analyzer, PythonParser } from '../../../src/core';
import type { FileAnalysis } from '../../../src/core';
import type { TestCore } from '../support/analyze';

export function analyzeAll({ language }: TestCore, text: string): FileAnalysis {
  const parsed = new PythonParser(language).parse(text, { now: () => performance.now(), limitMs: 10_000 });
  if (parsed.kind !== 'tree') throw new Error(parsed.kind);
  try {
    const analysis = new Analyzer(language, () => performance.now()).analyze(parsed.tree, text, null, 'all');
    assert.ok(analysis, 'the text could not be analysed');
    return analysis;
  } finally {
    parsed.tree.delete();
  }
}
