/** Where the files lie that the command line brings along: the same in the checkout and in the package. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { GrammarBytes } from '../core';

export class Assets {
  /** @param folder of the bundles, `dist` */
  constructor(private readonly folder: string) {}

  get runner(): string {
    return path.join(this.folder, '..', 'runner');
  }

  get analysisWorker(): string {
    return path.join(this.folder, 'analysisWorker.cjs');
  }

  async grammar(): Promise<GrammarBytes> {
    const [runtime, python] = await Promise.all([
      readFile(path.join(this.folder, 'web-tree-sitter.wasm')),
      readFile(path.join(this.folder, 'tree-sitter-python.wasm')),
    ]);
    return { runtime, python };
  }

  async version(): Promise<string> {
    const manifest: unknown = JSON.parse(await readFile(path.join(this.folder, '..', 'package.json'), 'utf8'));
    return String((manifest as { readonly version?: unknown }).version);
  }
}
