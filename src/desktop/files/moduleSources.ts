/** Where the command line looks for the modules that a file imports. */
import { statSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { FileReader } from '../../core';
import { readSource } from './source';

export const DISK: FileReader = {
  // Asked for thousands of files that are not there: a turn of the event loop for each would take longer.
  isFile(file) {
    return Promise.resolve(statSync(file, { throwIfNoEntry: false })?.isFile() ?? false);
  },
  read(file) {
    const source = readSource(file);
    return Promise.resolve(source.ok ? source.text : null);
  },
};

/**
 * Folders in which modules are looked for after the importing file's own package: the project, its `src`, and what
 * is installed in the project's or the active virtual environment. Nothing is run to find them.
 */
export async function searchedFolders(project: string, environment = process.env.VIRTUAL_ENV): Promise<string[]> {
  const installed: string[] = [];
  for (const each of [environment, path.join(project, '.venv'), path.join(project, 'venv')])
    if (each !== undefined && installed.length === 0) installed.push(...(await sitePackages(each)));
  return [project, path.join(project, 'src'), ...installed].map(withSlashes);
}

/** The folders of installed packages of a virtual environment, which its `pyvenv.cfg` shows to be one. */
async function sitePackages(environment: string): Promise<string[]> {
  try {
    await readFile(path.join(environment, 'pyvenv.cfg'));
    if (process.platform === 'win32') return [path.join(environment, 'Lib', 'site-packages')];
    const versions = await readdir(path.join(environment, 'lib'));
    return versions
      .filter((each) => /^python\d/.test(each))
      .map((each) => path.join(environment, 'lib', each, 'site-packages'));
  } catch {
    return [];
  }
}

/** Core knows paths with `/` alone. */
export function withSlashes(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/');
}
