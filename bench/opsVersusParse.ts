/**
 * The time of finding all operations of a package, against parsing alone with the same parser: in one run,
 * file by file in turns, so that the machine's noise meets both.
 *
 *     npm run bench -- opsVersusParse FOLDER|PACKAGE
 */
import { Analyzer, operationRecords, PythonParser } from '../src/core';
import { grammar, median, packageFolder, pythonFiles, readText } from './corpus';

const ROUNDS = 3;

async function main(): Promise<void> {
  const [name = 'transformers'] = process.argv.slice(2);
  const folder = name.includes('/') ? name : packageFolder(name, process.env.MATMUL_LENS_PYTHON ?? 'python3');
  const language = await grammar();
  const parser = new PythonParser(language);
  const analyzer = new Analyzer(language, () => performance.now());
  const clock = { now: () => performance.now(), limitMs: 20_000 };
  const texts = pythonFiles(folder).map(readText);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    let parse = 0;
    let ops = 0;
    let found = 0;
    for (const text of texts) {
      let start = performance.now();
      const alone = parser.parse(text, clock);
      if (alone.kind === 'tree') alone.tree.delete();
      parse += performance.now() - start;
      // What `ops` does to a file, its own parse included; files that cannot matter are not parsed.
      start = performance.now();
      if (Analyzer.mayMatter(text)) {
        const parsed = parser.parse(text, clock);
        if (parsed.kind === 'tree') {
          const analysis = analyzer.analyze(parsed.tree, text);
          parsed.tree.delete();
          if (analysis) found += operationRecords(analysis).length;
        }
      }
      ops += performance.now() - start;
    }
    ratios.push(ops / parse);
    process.stdout.write(
      `round ${round + 1}: ${texts.length} files, parse ${(parse / 1000).toFixed(2)} s, ops ${(ops / 1000).toFixed(2)} s, ` +
        `${found} operations, ratio ${(ops / parse).toFixed(2)}\n`,
    );
  }
  process.stdout.write(`median ratio ${median(ratios).toFixed(2)}\n`);
}

void main();
