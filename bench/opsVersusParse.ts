/**
 * The time of finding all operations of a package, names followed into other files, against parsing alone with the
 * same parser: in one run and one thread, with all texts in memory, in turns.
 *
 *     npm run bench -- opsVersusParse FOLDER|PACKAGE
 */
import { Analyzer, ModuleFinder, operationRecords, PythonParser, Workspace } from '../src/core';
import type { FileReader } from '../src/core';
import { grammar, median, packageFolder, pythonFiles, readText } from './corpus';

const ROUNDS = 3;

async function main(): Promise<void> {
  const [name = 'transformers'] = process.argv.slice(2);
  const folder = name.includes('/') ? name : packageFolder(name, process.env.MATMUL_LENS_PYTHON ?? 'python3');
  const language = await grammar();
  const parser = new PythonParser(language);
  const analyzer = new Analyzer(language, () => performance.now());
  const clock = { now: () => performance.now(), limitMs: 20_000 };
  const texts = new Map(pythonFiles(folder).map((path) => [path, readText(path)]));
  const reader: FileReader = {
    isFile: (path) => Promise.resolve(texts.has(path)),
    read: (path) => Promise.resolve(texts.get(path) ?? null),
  };
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let start = performance.now();
    for (const text of texts.values()) {
      const alone = parser.parse(text, clock);
      if (alone.kind === 'tree') alone.tree.delete();
    }
    const parse = performance.now() - start;
    // What `ops --jobs 1` does, beginning with nothing: files that cannot matter are not parsed.
    const finder = new ModuleFinder(reader, []);
    const workspace = new Workspace(finder, analyzer, (text) => Promise.resolve(parser.parse(text, clock)));
    start = performance.now();
    let found = 0;
    let most = 0;
    for (const [path, text] of texts) {
      if (!Analyzer.mayMatter(text)) continue;
      const analysis = await workspace.analyze(await finder.placeOf(path), text);
      if (analysis) found += operationRecords(analysis).length;
      most = Math.max(most, process.memoryUsage.rss());
    }
    const ops = performance.now() - start;
    ratios.push(ops / parse);
    process.stdout.write(
      `round ${round + 1}: ${texts.size} files, parse ${(parse / 1000).toFixed(2)} s, ops ${(ops / 1000).toFixed(2)} s, ` +
        `${found} operations, ratio ${(ops / parse).toFixed(2)}, ${(most / 1e6).toFixed(0)} MB\n`,
    );
  }
  process.stdout.write(`median ratio ${median(ratios).toFixed(2)}\n`);
}

void main();
