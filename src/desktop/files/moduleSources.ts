/** Where the command line looks for the modules that a file imports. */
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { sitePackages } from '../../core';
import type { FolderReader } from '../../core';
import { readSource } from './source';

export const DISK: FolderReader = {
  // Asked for thousands of files that are not there: a turn of the event loop for each would take longer.
  isFile(file) {
    return Promise.resolve(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
  },
  read(file) {
    const source = readSource(file);
    return Promise.resolve(source.ok ? source.text : null);
  },
  list(folder) {
    return readdir(folder).catch(() => []);
  },
};

/**
 * Folders in which modules are looked for after the importing file's own package: the project, its `src`, and what
 * is installed in the active virtual environment, or else in the project's.
 */
export async function searchedFolders(project: string, environment = process.env.VIRTUAL_ENV): Promise<string[]> {
  const installed: string[] = [];
  for (const each of [environment, path.join(project, '.venv'), path.join(project, 'venv')])
    if (each !== undefined && installed.length === 0)
      installed.push(...(await sitePackages(DISK, withSlashes(path.resolve(each)))));
  return [project, path.join(project, 'src')].map(withSlashes).concat(installed);
}

/** Core knows paths with `/` alone. */
export function withSlashes(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/');
}
