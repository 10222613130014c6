/** Analysis of many files on several threads, with the results in the order of the files. */
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Ending } from '../shutdown';
import { setUpEngine } from './engine';
import type { FileResult, FileToRead, Task } from './fileWork';

/** What a thread is given at its start. */
export interface ThreadData {
  readonly task: Task;
  readonly searched: readonly string[];
  readonly runtime: Uint8Array;
  readonly python: Uint8Array;
}

/** How far reading may run ahead of printing, for each thread: so that each finds files of its own folders. */
const AHEAD = 128;

/** Most of what an analysis makes is gone with its file: a larger nursery spares the collector from moving it. */
const YOUNG_MB = 64;

interface Waiting {
  readonly file: FileToRead;
  readonly done: (result: FileResult) => void;
}

export class AnalysisThreads implements Ending {
  private readonly workers: Set<Worker>;
  private readonly idle: Worker[];
  private readonly waiting: Waiting[] = [];
  /** The thread that has looked into a folder: it has read what the folder's other files import, too. */
  private readonly owners = new Map<string, Worker>();

  constructor(
    private readonly script: string,
    count: number,
    private readonly data: ThreadData,
  ) {
    setUpEngine();
    this.workers = new Set(Array.from({ length: count }, () => this.start()));
    this.idle = [...this.workers];
  }

  async *results(files: AsyncIterable<FileToRead>): AsyncGenerator<readonly [FileToRead, FileResult]> {
    const underWay: (readonly [FileToRead, Promise<FileResult>])[] = [];
    for await (const file of files) {
      underWay.push([file, this.work(file)]);
      if (underWay.length >= this.workers.size * AHEAD) yield* first(underWay);
    }
    while (underWay.length > 0) yield* first(underWay);
  }

  private work(file: FileToRead): Promise<FileResult> {
    return new Promise((done) => {
      this.waiting.push({ file, done });
      this.proceed();
    });
  }

  private proceed(): void {
    for (let worker = this.idle.pop(); worker; worker = this.idle.pop()) {
      const next = this.nextFor(worker);
      if (!next) {
        this.idle.push(worker);
        return;
      }
      void this.run(worker, next);
    }
  }

  /** A file of a folder that the thread knows, else of one that none knows, else whatever waits. */
  private nextFor(worker: Worker): Waiting | null {
    const ownerOf = ({ file }: Waiting): Worker | undefined => this.owners.get(path.dirname(file.path));
    const own = this.waiting.findIndex((each) => ownerOf(each) === worker);
    const any = own >= 0 ? own : this.waiting.findIndex((each) => ownerOf(each) === undefined);
    const [next] = this.waiting.splice(Math.max(any, 0), 1);
    if (next) this.owners.set(path.dirname(next.file.path), worker);
    return next ?? null;
  }

  private async run(worker: Worker, { file, done }: Waiting): Promise<void> {
    let free = worker;
    try {
      done(await ask(worker, file));
    } catch (error) {
      free = this.replace(worker);
      done({ kind: 'skipped', reason: `ended a thread of the analysis: ${String(error)}`, isBug: true });
    }
    this.idle.push(free);
    this.proceed();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.workers].map((worker) => worker.terminate()));
  }

  kill(): void {
    // Threads end with their process.
  }

  private replace(dead: Worker): Worker {
    this.workers.delete(dead);
    const worker = this.start();
    this.workers.add(worker);
    return worker;
  }

  private start(): Worker {
    const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MB };
    return new Worker(this.script, { workerData: this.data, resourceLimits });
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
