/** Interpreters of this machine. Finding them reads folders; asking one starts it, in a trusted workspace alone. */
import os from 'node:os';
import path from 'node:path';
import type { FoundInterpreter, Interpreters, Probe } from '../../editor';
import { nodeFiles } from '../files/nodeFiles';
import { privateFolder } from '../privateFolder';
import { pythonEnvironment } from '../python/environment';
import { probe } from '../python/probe';
import type { ProbeOptions } from '../python/probe';
import { runProgram } from '../python/runProgram';
import { findInterpreters } from '../python/search';
import type { Origin, SearchOptions } from '../python/search';

export class DesktopInterpreters implements Interpreters {
  constructor(
    private readonly storage: string,
    private readonly mayStart: () => boolean,
    /** The host is about to end. */
    private readonly closing: AbortSignal,
  ) {}

  async search(folder: string | null): Promise<readonly FoundInterpreter[]> {
    const found = await findInterpreters(searchOptions(null, folder), nodeFiles);
    return found.map(({ executable, origin }) => ({ executable, origin: ORIGINS[origin] }));
  }

  async locate(chosen: string, folder: string | null): Promise<string | null> {
    const [found] = await findInterpreters(searchOptions(expanded(chosen, folder), folder), nodeFiles);
    return found?.executable ?? null;
  }

  async probe(executable: string): Promise<Probe> {
    const options = await probeOptions(this.storage, this.closing);
    if (!this.mayStart()) return { kind: 'refused' };
    const result = await probe(executable, options, runProgram);
    if (!result.ok) return { kind: 'unfit', reason: result.reason };
    const { version, packages } = result.interpreter;
    return { kind: 'python', version: version.join('.'), torch: packages.torch, jax: packages.jax };
  }
}

export async function probeOptions(storage: string, signal: AbortSignal): Promise<ProbeOptions> {
  return {
    signal,
    environment: pythonEnvironment(process.env, process.platform),
    cwd: await privateFolder(storage, 'empty'),
  };
}

function searchOptions(chosen: string | null, folder: string | null): SearchOptions {
  return {
    chosen,
    folders: folder === null ? [] : [folder],
    variables: process.env,
    platform: process.platform,
    cwd: folder ?? os.homedir(),
  };
}

/** As people write paths in settings. */
function expanded(chosen: string, folder: string | null): string {
  const inFolder = folder === null ? chosen : chosen.replaceAll('${workspaceFolder}', folder);
  return inFolder.startsWith('~/') || inFolder.startsWith('~\\')
    ? path.join(os.homedir(), inFolder.slice(2))
    : inFolder;
}

const ORIGINS: Readonly<Record<Origin, string>> = {
  chosen: 'chosen',
  VIRTUAL_ENV: 'VIRTUAL_ENV',
  CONDA_PREFIX: 'CONDA_PREFIX',
  folder: 'virtual environment of the folder',
  PATH: 'PATH',
};
