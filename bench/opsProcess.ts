/**
 * `ops` over a package as a whole process: its memory on one thread, and how much sooner two threads are done; in turns.
 *
 *     npm run bench -- opsProcess FOLDER|PACKAGE
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { median, packageFolder } from './corpus';

const ROUNDS = 3;
/** What a process says of itself at its end: the most memory that it ever held, in KiB. */
const TELL = 'process.on("exit", () => process.stderr.write(`\\n@${process.resourceUsage().maxRSS}\\n`))';

interface Run {
  readonly seconds: number;
  readonly megabytes: number;
}

function run(folder: string, jobs: number): Promise<Run> {
  const begin = performance.now();
  const options = ['--import', `data:text/javascript,import process from "node:process"; ${TELL}`];
  const cli = path.resolve('dist/cli.cjs');
  const child = spawn(process.execPath, [...options, cli, 'ops', folder, '--jobs', String(jobs), '--format', 'jsonl'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => {
      const kilobytes = /@(\d+)/.exec(told)?.[1];
      if (status !== 0 || kilobytes === undefined) reject(new Error(`ops ended with status ${status}: ${told}`));
      else resolve({ seconds: (performance.now() - begin) / 1000, megabytes: (Number(kilobytes) * 1024) / 1e6 });
    });
  });
}

async function main(): Promise<void> {
  const [name = 'transformers'] = process.argv.slice(2);
  const folder = name.includes('/') ? name : packageFolder(name, process.env.MATMUL_LENS_PYTHON ?? 'python3');
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const [one, two] = [await run(folder, 1), await run(folder, 2)];
    ratios.push(one.seconds / two.seconds);
    const text = ({ seconds, megabytes }: Run): string => `${seconds.toFixed(1)} s, ${megabytes.toFixed(0)} MB`;
    process.stdout.write(`round ${round + 1}: one thread ${text(one)}; two threads ${text(two)}\n`);
  }
  process.stdout.write(`two threads are ${median(ratios).toFixed(2)} times as fast\n`);
}

void main();
