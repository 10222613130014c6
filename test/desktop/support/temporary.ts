/** A fresh folder for each test, removed after it. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

export class TemporaryFolder {
  private folder: string | null = null;

  get path(): string {
    if (this.folder === null) throw new Error('the folder exists only while a test runs');
    return this.folder;
  }

  async make(): Promise<void> {
    this.folder = await mkdtemp(path.join(os.tmpdir(), 'matmul-lens-test-'));
  }

  async remove(): Promise<void> {
    if (this.folder !== null) await rm(this.folder, { recursive: true, force: true });
    this.folder = null;
  }

  /** Writes a file and the folders that it needs; returns its path. */
  async write(name: string, content: string | Uint8Array): Promise<string> {
    const file = path.join(this.path, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    return file;
  }
}

/** Makes the folder for each test of the suite. */
export function temporaryFolder(): TemporaryFolder {
  const folder = new TemporaryFolder();
  beforeEach(() => folder.make());
  afterEach(() => folder.remove());
  return folder;
}
