/** Files in memory that import each other, analysed as a workspace. */
import assert from 'node:assert/strict';
import { Analyzer, ModuleFinder, operationRecords, PythonParser, Workspace } from '../../../src/core';
import type { FileAnalysis, FileReader } from '../../../src/core';
import type { TestCore } from './analyze';

export class TestFiles {
  private readonly files: Map<string, string>;
  private readonly finder: ModuleFinder;
  readonly workspace: Workspace;
  /** Paths that have been read, in order. */
  readonly read: string[] = [];

  /** @param files text by path, such as `/w/pkg/layers.py` */
  constructor(core: TestCore, files: Readonly<Record<string, string>>, searched: readonly string[] = ['/w']) {
    this.files = new Map(Object.entries(files));
    const reader: FileReader = {
      isFile: (path) => Promise.resolve(this.files.has(path)),
      read: (path) => {
        this.read.push(path);
        return Promise.resolve(this.files.get(path) ?? null);
      },
    };
    const clock = { now: () => performance.now(), limitMs: 10_000 };
    const parser = new PythonParser(core.language);
    this.finder = new ModuleFinder(reader, searched);
    this.workspace = new Workspace(this.finder, new Analyzer(core.language, clock.now), (text) =>
      Promise.resolve(parser.parse(text, clock)),
    );
  }

  /** Changes a file, or deletes it. */
  change(path: string, text: string | null): void {
    if (text === null) this.files.delete(path);
    else this.files.set(path, text);
    this.workspace.changed();
    this.finder.changed();
  }

  async analyze(path: string): Promise<FileAnalysis> {
    const place = await this.finder.placeOf(path);
    const analysis = await this.workspace.analyze(place, this.files.get(path) ?? '');
    assert(analysis);
    return analysis;
  }

  /** What is found in a file, as `line kind operands`. */
  async found(path: string): Promise<readonly string[]> {
    return operationRecords(await this.analyze(path)).map((each) => {
      const shapes = each.operands.map(({ shape }) =>
        shape ? `[${shape.map((size) => size ?? '?').join(', ')}]` : '?',
      );
      return [each.line, each.kind, ...shapes].join(' ');
    });
  }
}
