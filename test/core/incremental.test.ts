/** An analysis that is carried from edit to edit says what a fresh one says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import {
  Analyzer,
  commentProblemsOf,
  editTree,
  explainAt,
  findingsOf,
  operationRecords,
  PythonParser,
  raceSubjects,
} from '../../src/core';
import type { FileAnalysis, Tree } from '../../src/core';
import { ROOT, TestCore } from './support/analyze';

const SNIPPETS = [
  'x',
  ' @ w',
  '(',
  ')',
  '\n        y = self.up(x)\n',
  '\n        self.extra = nn.Linear(4, 8)\n',
  '\n    def more(self, z):\n        return self.up(z) @ z\n',
  '\n\ndef late(a, b):\n    return a @ b\n',
  '# shape: x=f32[2, 3]\n',
  '  # shape: (B, 7)\n',
  '"""',
  '\n# matmul-lens: ignore\n',
];

describe('incremental analysis', () => {
  let core: TestCore;
  let analyzer: Analyzer;
  let parser: PythonParser;
  before(async () => {
    core = await TestCore.load();
    analyzer = new Analyzer(core.language, () => performance.now());
    parser = new PythonParser(core.language);
  });

  const parse = (text: string, previous?: Tree): Tree => {
    const result = parser.parse(text, { now: () => performance.now(), limitMs: 10_000 }, previous);
    assert.equal(result.kind, 'tree');
    return (result as { tree: Tree }).tree;
  };

  /** Everything that is shown of a file. */
  const shown = (analysis: FileAnalysis): string =>
    JSON.stringify([
      operationRecords(analysis),
      findingsOf(analysis),
      raceSubjects(analysis),
      explanations(analysis),
      commentProblemsOf(analysis),
    ]);

  const explanations = (analysis: FileAnalysis): readonly unknown[] =>
    analysis.functions.flatMap(({ key, operations }) =>
      operations.map((each) => explainAt(analysis, each.end + analysis.session.file.originOf(key))),
    );

  /** Types edits one after the other; tells the last analysis and the last text. */
  const type = (text: string, edits: readonly (readonly [number, number, string])[]): [FileAnalysis | null, string] => {
    let tree = parse(text);
    let analysis = analyzer.analyze(tree, text);
    let current = text;
    for (const [place, removed, added] of edits) {
      const at = place % (current.length + 1);
      const next = current.slice(0, at) + added + current.slice(at + removed);
      editTree(tree, current, next);
      const again = parse(next, tree);
      tree.delete();
      tree = again;
      analysis = analyzer.analyze(tree, next, analysis);
      if (analysis) shown(analysis);
      current = next;
    }
    tree.delete();
    return [analysis, current];
  };

  for (const name of ['attention.py', 'loops.py', 'mlp.py']) {
    const text = readFileSync(path.join(ROOT, 'examples', name), 'utf8');

    it(`agrees with a fresh analysis of ${name} once the code parses again`, () => {
      const edit = fc.tuple(fc.nat(text.length), fc.nat(3), fc.constantFrom(...SNIPPETS));
      fc.assert(
        fc.property(fc.array(edit, { minLength: 1, maxLength: 6 }), (edits) => {
          const [analysis, last] = type(text, edits);
          const tree = parse(last);
          const sound = !tree.rootNode.hasError;
          tree.delete();
          // While code is broken, an analysis may remember what stood there; afterwards nothing may be left of that.
          if (sound && analysis) assert.equal(shown(analysis), shown(core.analyze(last)));
        }),
        { numRuns: 150, seed: 7 },
      );
    });

    it(`forgets nothing and keeps nothing when ${name} is torn and mended`, () => {
      for (let at = 0; at < text.length; at += 37) {
        const [analysis] = type(text, [
          [at, 0, '(('],
          [at, 2, ''],
        ]);
        assert.ok(analysis);
        assert.equal(shown(analysis), shown(core.analyze(text)));
      }
    });
  }

  it('keeps the lens of a function while a line is typed into it', () => {
    const text = readFileSync(path.join(ROOT, 'examples/attention.py'), 'utf8');
    const at = text.indexOf('        mixed =');
    const typed = '        more = torch.matmul(self.qkv(x), (q\n';
    for (let letters = 1; letters < typed.length; letters++) {
      const [analysis] = type(
        text,
        Array.from({ length: letters }, (_, step) => [at + step, 0, typed[step] ?? '']),
      );
      assert.ok(analysis);
      const names = raceSubjects(analysis).map((each) => each.qualname);
      assert.deepEqual(names, ['SelfAttention', 'gate'], typed.slice(0, letters));
    }
  });
});
