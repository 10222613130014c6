/**
 * The time of finding all operations of a package, each file by itself and with names followed into other files,
 * against parsing alone with the same parser: in one run and one thread, with all texts in memory, in turns.
 *
 *     npm run bench -- opsVersusParse FOLDER|PACKAGE
 */
import { Analyzer, ModuleFinder, operationRecords, PythonParser, Workspace } from '../src/core';
import type { FileReader, Tree } from '../src/core';
import { setUpEngine } from '../src/cli/analysis/engine';
import { grammar, median, packageFolder, pythonFiles, readText } from './corpus';

const ROUNDS = 3;
const CLOCK = { now: () => performance.now(), limitMs: 20_000 };

async function main(): Promise<void> {
  setUpEngine();
  const [name = 'transformers'] = process.argv.slice(2);
  const folder = name.includes('/') ? name : packageFolder(name, process.env.MATMUL_LENS_PYTHON ?? 'python3');
  const language = await grammar();
  const parser = new PythonParser(language);
  const analyzer = new Analyzer(language, () => performance.now(), 'told');
  const texts = new Map(pythonFiles(folder).map((path) => [path, readText(path)]));
  const reader: FileReader = {
    isFile: (path) => Promise.resolve(texts.has(path)),
    read: (path) => Promise.resolve(texts.get(path) ?? null),
  };
  const found = { alone: [] as number[], followed: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    const parse = await timed(() => {
      for (const text of texts.values()) withTree(parser, text, () => null);
      return 0;
    });
    // Files that cannot matter are not parsed.
    const alone = await timed(() => {
      let operations = 0;
      for (const text of texts.values()) {
        if (!Analyzer.mayMatter(text)) continue;
        const analysis = withTree(parser, text, (tree) => analyzer.analyze(tree, text));
        if (analysis) operations += operationRecords(analysis).length;
      }
      return operations;
    });
    // What `ops --jobs 1` does, beginning with nothing.
    const finder = new ModuleFinder(reader, []);
    const workspace = new Workspace(finder, analyzer, (source) => Promise.resolve(parser.parse(source, CLOCK)));
    const followed = await timed(async () => {
      let operations = 0;
      for (const [path, text] of texts) {
        if (!Analyzer.mayMatter(text)) continue;
        const analysis = await workspace.analyze(await finder.placeOf(path), text);
        if (analysis) operations += operationRecords(analysis).length;
      }
      return operations;
    });
    found.alone.push(alone.seconds / parse.seconds);
    found.followed.push(followed.seconds / parse.seconds);
    const told = ({ seconds, result }: Timed): string =>
      `${seconds.toFixed(2)} s (${result} operations, ratio ${(seconds / parse.seconds).toFixed(2)})`;
    process.stdout.write(
      `round ${round + 1}: ${texts.size} files, parse ${parse.seconds.toFixed(2)} s, each alone ${told(alone)}, ` +
        `names followed ${told(followed)}, ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB\n`,
    );
  }
  process.stdout.write(
    `median ratios: each alone ${median(found.alone).toFixed(2)}, names followed ${median(found.followed).toFixed(2)}\n`,
  );
}

interface Timed {
  readonly seconds: number;
  readonly result: number;
}

async function timed(run: () => number | Promise<number>): Promise<Timed> {
  const start = performance.now();
  const result = await run();
  return { seconds: (performance.now() - start) / 1000, result };
}

function withTree<T>(parser: PythonParser, text: string, use: (tree: Tree) => T): T | null {
  const parsed = parser.parse(text, CLOCK);
  if (parsed.kind !== 'tree') return null;
  try {
    return use(parsed.tree);
  } finally {
    parsed.tree.delete();
  }
}

void main();
