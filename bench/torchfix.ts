/**
 * `ops` over the first modeling files of a package against TorchFix 0.7.0, which reads the same files for other
 * things: both as whole processes, in turns, with as many threads or processes each.
 *
 *     npm run bench -- torchfix FOLDER|PACKAGE
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { median, packageFolder, pythonFiles } from './corpus';

const FILES = 60;
const ROUNDS = 5;

/** Seconds until a program has ended. TorchFix ends with 1 where it has found something. */
function seconds(program: string, args: readonly string[]): Promise<number> {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0 || status === 1) resolve((performance.now() - begin) / 1000);
      else reject(new Error(`${program} ended with status ${status}: ${told}`));
    });
  });
}

async function main(): Promise<void> {
  const [name = 'transformers'] = process.argv.slice(2);
  const folder = name.includes('/') ? name : packageFolder(name, process.env.MATMUL_LENS_PYTHON ?? 'python3');
  const files = pythonFiles(folder)
    .filter((each) => path.basename(each).startsWith('modeling_'))
    .slice(0, FILES);
  const python = process.env.MATMUL_LENS_TORCHFIX;
  if (files.length === 0 || python === undefined) throw new Error(`there is nothing to compare in ${folder}`);
  const cli = path.resolve('dist/cli.cjs');
  process.stdout.write(`${files.length} files\n`);
  for (const jobs of ['1', '2']) {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await seconds(process.execPath, [cli, 'ops', ...files, '--jobs', jobs, '--format', 'jsonl']));
      theirs.push(await seconds(python, ['-m', 'torchfix', '-j', jobs, ...files]));
    }
    const ratios = theirs.map((each, at) => each / (ours[at] ?? NaN));
    process.stdout.write(
      `${jobs === '1' ? 'one job' : `${jobs} jobs`}: ops ${median(ours).toFixed(2)} s, ` +
        `TorchFix ${median(theirs).toFixed(2)} s; ${median(ratios).toFixed(1)} times as fast (medians)\n`,
    );
  }
}

void main();
