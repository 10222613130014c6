/** Analysis of many files on several threads, with the results in the order of the files. */
import { Worker } from 'node:worker_threads';
import type { Ending } from '../shutdown';
import type { FileResult, FileToRead, Task } from './fileWork';

/** What a thread is given at its start. */
export interface ThreadData {
  readonly task: Task;
  readonly searched: readonly string[];
  readonly runtime: Uint8Array;
  readonly python: Uint8Array;
}

/** How far reading may run ahead of printing, for each thread. */
const AHEAD = 8;

export class AnalysisThreads implements Ending {
  private readonly workers: Set<Worker>;

  constructor(
    private readonly script: string,
    count: number,
    private readonly data: ThreadData,
  ) {
    this.workers = new Set(Array.from({ length: count }, () => new Worker(script, { workerData: data })));
  }

  async *results(files: AsyncIterable<FileToRead>): AsyncGenerator<readonly [FileToRead, FileResult]> {
    const idle = [...this.workers];
    const waiting: ((worker: Worker) => void)[] = [];
    const give = (worker: Worker) => {
      const next = waiting.shift();
      if (next) next(worker);
      else idle.push(worker);
    };
    const take = () => {
      const worker = idle.pop();
      return worker ? Promise.resolve(worker) : new Promise<Worker>((resolve) => waiting.push(resolve));
    };
    const work = async (file: FileToRead): Promise<FileResult> => {
      const worker = await take();
      try {
        const result = await ask(worker, file);
        give(worker);
        return result;
      } catch (error) {
        give(this.replace(worker));
        return { kind: 'skipped', reason: `ended a thread of the analysis: ${String(error)}`, isBug: true };
      }
    };
    const underWay: (readonly [FileToRead, Promise<FileResult>])[] = [];
    for await (const file of files) {
      underWay.push([file, work(file)]);
      if (underWay.length >= this.workers.size * AHEAD) yield* first(underWay);
    }
    while (underWay.length > 0) yield* first(underWay);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
  }

  kill(): void {
    // Threads end with their process.
  }

  private replace(dead: Worker): Worker {
    this.workers.delete(dead);
    const worker = new Worker(this.script, { workerData: this.data });
    this.workers.add(worker);
    return worker;
  }
}

async function* first(
  underWay: (readonly [FileToRead, Promise<FileResult>])[],
): AsyncGenerator<readonly [FileToRead, FileResult]> {
  const next = underWay.shift();
  if (next) yield [next[0], await next[1]];
}

function ask(worker: Worker, file: FileToRead): Promise<FileResult> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
    };
    const onMessage = (result: FileResult) => {
      settle();
      resolve(result);
    };
    const onError = (error: unknown) => {
      settle();
      reject(error instanceof Error ? error : new Error(String(error)));
    };
    const onExit = (code: number) => {
      settle();
      reject(new Error(`a thread of the analysis ended with status ${code}`));
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
    worker.postMessage(file);
  });
}
