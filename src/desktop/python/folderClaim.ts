/**
 * A claim on the folder of an environment: two windows that made it at once would each clear what the other installs.
 * The claim is a file beside the folder, which making the environment empties.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Failure } from '../../protocol';
import { privateFolder } from '../privateFolder';
import { stampOf } from './jaxEnvironment';

export type Claim =
  { readonly ok: true; readonly release: () => Promise<void> } | { readonly ok: false; readonly failure: Failure };

/** Makes the folder with what it says of itself taken back, and claims it for this process. */
export async function claimFolder(folder: string): Promise<Claim> {
  const file = `${folder}.lock`;
  try {
    await mkdir(path.dirname(folder), { recursive: true, mode: 0o700 });
    const holder = await claim(file);
    if (holder !== null) return { ok: false, failure: claimed(holder, file) };
  } catch (error) {
    return { ok: false, failure: unusable(folder, error) };
  }
  const release = () => rm(file, { force: true });
  try {
    await privateFolder(folder);
    await rm(stampOf(folder), { force: true });
    return { ok: true, release };
  } catch (error) {
    await release();
    return { ok: false, failure: unusable(folder, error) };
  }
}

/** @returns null, or the id of the process that has it */
async function claim(file: string): Promise<number | null> {
  if (await written(file)) return null;
  const holder = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (isRunning(holder)) return holder;
  // Whoever made it was killed.
  await rm(file, { force: true });
  return (await written(file)) ? null : holder;
}

/** False where the file is there already. */
async function written(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function claimed(holder: number, file: string): Failure {
  return {
    kind: 'deviceBusy',
    message: `Another window is making the JAX environment (process ${holder}).`,
    hint: `Wait until it is done. If no window is, delete ${file}.`,
  };
}

function unusable(folder: string, error: unknown): Failure {
  return { kind: 'internal', message: `${folder} cannot be used: ${(error as Error).message}.` };
}
