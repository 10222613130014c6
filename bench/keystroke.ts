/**
 * What a keystroke costs in a long file: an incremental reparse alone, against the reparse and everything that
 * the editor then shows (findings and lenses). At random places inside functions a line of code is typed,
 * letter by letter, so that most states on the way are broken code, and then taken away again.
 *
 *     npm run bench -- keystroke FILE [PLACES]
 */
import { Analyzer, editTree, findingsOf, PythonParser, raceSubjects } from '../src/core';
import type { FileAnalysis, Tree } from '../src/core';
import { grammar, median, quantile, readText } from './corpus';

const TYPED = 'out = torch.matmul(self.proj(x), weight.T) @ value';

const clock = { now: () => performance.now(), limitMs: 20_000 };

function parsed(parser: PythonParser, text: string, previous?: Tree): Tree {
  const result = parser.parse(text, clock, previous);
  if (result.kind !== 'tree') throw new Error('the text is too tangled to be parsed');
  return result.tree;
}

async function main(): Promise<void> {
  const [file, count = '20'] = process.argv.slice(2);
  if (file === undefined) throw new Error('give a Python file');
  const language = await grammar();
  const parser = new PythonParser(language);
  const analyzer = new Analyzer(language, () => performance.now());
  const text = readText(file);
  let tree = parsed(parser, text);
  let analysis: FileAnalysis | null = analyzer.analyze(tree, text);
  if (analysis) findingsOf(analysis, false);
  const reparses: number[] = [];
  const wholes: number[] = [];
  // A fixed seed: every run types at the same places.
  let seed = 12_345;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const lines = text.split('\n');
  const places = lines.flatMap((line, at) => (/^\s{8,}\w.*[^,([{\\]$/.test(line) ? [at] : []));
  for (let place = 0; place < Number(count); place++) {
    const line = places[random(places.length)] ?? 0;
    const at = lines.slice(0, line + 1).join('\n').length;
    const typed = `\n${/^\s*/.exec(lines[line] ?? '')?.[0] ?? ''}${TYPED}`;
    let before = text;
    for (let letters = 1; letters <= typed.length + 1; letters++) {
      // The last step takes the line away.
      const next = letters > typed.length ? text : text.slice(0, at) + typed.slice(0, letters) + text.slice(at);
      editTree(tree, before, next);
      let start = performance.now();
      const alone = parsed(parser, next, tree);
      const reparse = performance.now() - start;
      alone.delete();
      start = performance.now();
      const again = parsed(parser, next, tree);
      analysis = analyzer.analyze(again, next, analysis);
      if (analysis) {
        findingsOf(analysis, false);
        raceSubjects(analysis);
      }
      wholes.push(performance.now() - start);
      reparses.push(reparse);
      tree.delete();
      tree = again;
      before = next;
    }
  }
  const each = wholes.map((whole, at) => whole / (reparses[at] ?? NaN));
  const told = (name: string, values: readonly number[], unit: string): string =>
    `${name}: median ${median(values).toFixed(2)}${unit}, p95 ${quantile(values, 0.95).toFixed(2)}${unit}\n`;
  process.stdout.write(
    `${wholes.length} keystrokes\n` +
      told('an incremental reparse alone', reparses, ' ms') +
      told('reparse, findings and lenses', wholes, ' ms') +
      told('their ratio, keystroke by keystroke', each, '') +
      `ratio of the p95s: ${(quantile(wholes, 0.95) / quantile(reparses, 0.95)).toFixed(2)}\n`,
  );
}

void main();
