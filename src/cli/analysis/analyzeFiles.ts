/** Runs one task over all files that were named, on this thread or on several. */
import { availableParallelism } from 'node:os';
import { loadGrammar } from '../../core';
import { searchedFolders } from '../../desktop/files/moduleSources';
import type { CommandContext } from '../command';
import { printable } from '../terminal';
import { workOn } from './fileWork';
import type { FileResult, FileToRead, Task } from './fileWork';
import { PythonAnalysis } from './pythonAnalysis';
import { findSources } from './sources';
import { AnalysisThreads } from './threads';

/** Below this, starting threads takes longer than they save (each loads the grammar: about 20 ms). */
const FEW_FILES = 32;
/** A thread's parser takes tens of megabytes, and reading the disk is shared. */
const MOST_THREADS = 8;

export interface AnalyzeOptions {
  readonly operands: readonly string[];
  readonly task: Task;
  /** Threads; null for what suits the machine. */
  readonly jobs: number | null;
  /** Says more of a file before it is read; null leaves it out, with the reason told. */
  readonly prepare?: (file: FileToRead) => Promise<FileToRead | null>;
}

/** What became of the run as a whole. */
export interface AnalyzeSummary {
  readonly files: number;
  /** Files that were named and could not be read, that were left out, or that met a bug. */
  readonly failed: number;
}

/**
 * @param onResult called for each file that could be analysed, in order
 * @returns null where something that was named does not exist; the reason has been told
 */
export async function analyzeFiles(
  { operands, task, jobs, prepare }: AnalyzeOptions,
  context: CommandContext,
  onResult: (file: FileToRead, result: Exclude<FileResult, { kind: 'skipped' }>) => Promise<void>,
): Promise<AnalyzeSummary | null> {
  const { terminal, progress } = context;
  const note = (shown: string, reason: string) => {
    progress.clear();
    terminal.say(`${printable(shown)}: ${reason}`);
  };
  const sources = await findSources(operands, context.stdin, note);
  if (!sources.ok) {
    terminal.complain(sources.message);
    return null;
  }
  const named = new Set(operands);
  const isFew = sources.named !== null && sources.named < FEW_FILES;
  const count = isFew && (jobs ?? 1) === 1 ? 0 : (jobs ?? Math.min(availableParallelism(), MOST_THREADS));
  let files = 0;
  let failed = 0;
  async function* prepared(): AsyncGenerator<FileToRead> {
    for await (const each of sources.ok ? sources.files : []) {
      const file = prepare ? await prepare(each) : each;
      if (file) yield file;
      else failed++;
    }
  }
  for await (const [file, result] of resultsOf(prepared(), task, count, context)) {
    files++;
    progress.show(`${filesText(files)}  ${printable(file.shown)}`);
    if (result.kind === 'skipped') {
      note(file.shown, result.reason);
      if (result.isBug || named.has(file.shown)) failed++;
    } else {
      await onResult(file, result);
    }
  }
  progress.clear();
  if (files + failed === 0) terminal.say(`No Python files in ${operands.map(printable).join(', ')}.`);
  return { files, failed };
}

async function* resultsOf(
  files: AsyncIterable<FileToRead>,
  task: Task,
  /** 0: this one. */
  threads: number,
  { assets, shutdown, cwd }: CommandContext,
): AsyncGenerator<readonly [FileToRead, FileResult]> {
  const grammar = await assets.grammar();
  const searched = await searchedFolders(cwd);
  if (threads === 0) {
    const python = new PythonAnalysis(await loadGrammar(grammar), searched);
    for await (const file of files) yield [file, await workOn(file, task, python)];
    return;
  }
  const pool = new AnalysisThreads(assets.analysisWorker, threads, { task, searched, ...grammar });
  const remove = shutdown.add(pool);
  try {
    yield* pool.results(files);
  } finally {
    remove();
    await pool.dispose();
  }
}

export function filesText(files: number): string {
  return files === 1 ? '1 file' : `${files} files`;
}
