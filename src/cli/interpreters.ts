/** The interpreters that a command uses. */
import path from 'node:path';
import { privateFolder, cacheFolder } from '../desktop/privateFolder';
import { nodeFiles } from '../desktop/files/nodeFiles';
import { pythonEnvironment } from '../desktop/python/environment';
import { finishedJaxEnvironment } from '../desktop/python/makeJaxEnvironment';
import { probe } from '../desktop/python/probe';
import type { Interpreter, ProbeOptions } from '../desktop/python/probe';
import { runProgram } from '../desktop/python/runProgram';
import { findInterpreters } from '../desktop/python/search';
import type { Candidate } from '../desktop/python/search';
import type { CommandContext } from './command';

export type Found =
  { readonly ok: true; readonly candidate: Candidate } | { readonly ok: false; readonly message: string };

export type Probed =
  { readonly ok: true; readonly interpreter: Interpreter } | { readonly ok: false; readonly message: string };

export class Interpreters {
  constructor(private readonly context: CommandContext) {}

  /** Where caches, measured peaks and the JAX environment are. */
  get storage(): string {
    const { variables, platform, home } = this.context;
    return cacheFolder(variables, platform, home);
  }

  get jaxEnvironmentFolder(): string {
    return path.join(this.storage, 'jax-environment');
  }

  get environment(): Record<string, string> {
    return pythonEnvironment(this.context.variables, this.context.platform);
  }

  /**
   * The first interpreter there is, by looking at files alone: nothing is started before the reader has agreed to
   * it by name.
   * @param chosen as `--python` has it
   * @param beside a file whose folder, and those above it up to the working folder, may hold an environment
   */
  async find(chosen: string | undefined, beside: string | null): Promise<Found> {
    const { variables, platform, cwd } = this.context;
    const folders = foldersAbove(beside === null ? cwd : path.dirname(beside), cwd);
    const options = { chosen: chosen ?? null, folders, variables, platform, cwd };
    const [candidate] = await findInterpreters(options, nodeFiles);
    if (candidate) return { ok: true, candidate };
    return {
      ok: false,
      message:
        chosen === undefined
          ? 'no Python was found (VIRTUAL_ENV, CONDA_PREFIX, .venv, venv, python3 and python in PATH): install Python 3.10 or newer, or name one with --python'
          : `there is no interpreter ${chosen}`,
    };
  }

  async probe(executable: string): Promise<Probed> {
    const result = await probe(executable, await this.probing(), runProgram);
    if (result.ok) return result;
    return { ok: false, message: `${executable} ${result.reason}; name another one with --python` };
  }

  /** The interpreter of the JAX environment that was made here before, if there is one. */
  jaxEnvironment(): Promise<string | null> {
    return finishedJaxEnvironment(this.jaxEnvironmentFolder, this.context.platform);
  }

  async probing(): Promise<ProbeOptions> {
    return { environment: this.environment, cwd: await privateFolder(this.storage, 'empty') };
  }
}

/** A folder and those above it, as long as they are in the working folder; then the working folder. */
function foldersAbove(folder: string, cwd: string): readonly string[] {
  const folders: string[] = [];
  for (let each = path.resolve(folder); isInside(each, cwd); each = path.dirname(each)) folders.push(each);
  return [...(folders.length === 0 ? [path.resolve(folder)] : folders), cwd];
}

function isInside(folder: string, other: string): boolean {
  const relative = path.relative(other, folder);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}
