/** Where an interpreter may be, without the editor's help; the editor puts its own answers before these. */
import path from 'node:path';
import type { Variables } from './environment';

export type Origin =
  | 'chosen' // named by the reader
  | 'VIRTUAL_ENV' // the activated virtual environment
  | 'CONDA_PREFIX' // the activated conda environment
  | 'folder' // `.venv` or `venv` beside the code
  | 'PATH';

export interface Candidate {
  readonly executable: string;
  readonly origin: Origin;
}

/** What the search asks of the file system. */
export interface FilePort {
  isFile(file: string): Promise<boolean>;
}

export interface SearchOptions {
  /** A path, or a name that is looked up in `PATH`; with it nothing else is searched. */
  readonly chosen: string | null;
  /** Folders whose `.venv` and `venv` count, nearest first. */
  readonly folders: readonly string[];
  readonly variables: Variables;
  readonly platform: NodeJS.Platform;
  readonly cwd: string;
}

/** The interpreters that exist, best first, each path once; empty where a chosen one does not exist. */
export async function findInterpreters(options: SearchOptions, files: FilePort): Promise<readonly Candidate[]> {
  const found: Candidate[] = [];
  for (const candidate of candidates(options)) {
    if (found.some(({ executable }) => executable === candidate.executable)) continue;
    if (candidate.needs !== undefined && !(await files.isFile(candidate.needs))) continue;
    const { executable, origin } = candidate;
    if (await files.isFile(executable)) found.push({ executable, origin });
  }
  // A chosen name is the first of that name in PATH, as a shell would have it.
  return options.chosen === null ? found : found.slice(0, 1);
}

interface Possible extends Candidate {
  /** A file without which the executable is no interpreter of that origin. */
  readonly needs?: string;
}

function* candidates(options: SearchOptions): Generator<Possible> {
  const { chosen, variables, platform } = options;
  const on = pathOf(platform);
  if (chosen !== null) {
    const isName = !/[\\/]/.test(chosen);
    if (isName) for (const executable of onSearchPath(options, [chosen])) yield { executable, origin: 'chosen' };
    else yield { executable: on.resolve(options.cwd, chosen), origin: 'chosen' };
    return;
  }
  const { VIRTUAL_ENV, CONDA_PREFIX } = variables;
  if (VIRTUAL_ENV) yield { executable: inEnvironment(VIRTUAL_ENV, platform), origin: 'VIRTUAL_ENV' };
  if (CONDA_PREFIX) {
    const executable = platform === 'win32' ? on.join(CONDA_PREFIX, 'python.exe') : on.join(CONDA_PREFIX, 'bin/python');
    yield { executable, origin: 'CONDA_PREFIX' };
  }
  for (const folder of options.folders) {
    for (const name of ['.venv', 'venv']) {
      const environment = on.join(folder, name);
      const needs = on.join(environment, 'pyvenv.cfg');
      yield { executable: inEnvironment(environment, platform), origin: 'folder', needs };
    }
  }
  for (const executable of onSearchPath(options, ['python3', 'python'])) yield { executable, origin: 'PATH' };
}

/** The executable of a virtual environment. */
export function inEnvironment(folder: string, platform: NodeJS.Platform): string {
  return platform === 'win32'
    ? path.win32.join(folder, 'Scripts', 'python.exe')
    : path.posix.join(folder, 'bin/python');
}

function* onSearchPath({ variables, platform }: SearchOptions, names: readonly string[]): Generator<string> {
  const on = pathOf(platform);
  const searched = variables.PATH ?? variables.Path ?? '';
  const folders = searched
    .split(platform === 'win32' ? ';' : ':')
    // A relative entry would find an executable in whatever folder is opened.
    .filter((folder) => on.isAbsolute(folder))
    // Windows' app aliases open the store instead of running Python.
    .filter((folder) => platform !== 'win32' || !/\\WindowsApps\\?$/i.test(folder));
  for (const name of names) {
    for (const folder of folders) {
      yield on.join(folder, platform === 'win32' && !/\.exe$/i.test(name) ? `${name}.exe` : name);
    }
  }
}

function pathOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === 'win32' ? path.win32 : path.posix;
}
