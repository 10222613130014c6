/**
 * Carries out the plan of a JAX environment. A virtual environment holds absolute paths and cannot be renamed into
 * place; so it is made where it will be and stamped last, and one without its stamp is made anew.
 */
import { readFile, writeFile } from 'node:fs/promises';
import type { Failure } from '../../protocol';
import { withoutControls } from '../runner/tail';
import { claimFolder } from './folderClaim';
import { stampOf } from './jaxEnvironment';
import type { JaxEnvironmentPlan, PlannedCommand } from './jaxEnvironment';
import { inEnvironment } from './search';
import type { RunProgram, RunResult } from './runProgram';

export type MakeResult =
  { readonly ok: true; readonly executable: string } | { readonly ok: false; readonly failure: Failure };

export interface MakeOptions {
  /** See `installerEnvironment`. */
  readonly environment: Record<string, string>;
  /** A private, empty folder. */
  readonly cwd: string;
  readonly signal: AbortSignal;
  /** Asked immediately before each command. */
  readonly mayStart: () => boolean | Promise<boolean>;
  readonly onCommand: (command: PlannedCommand) => void;
  readonly onOutput: (text: string) => void;
}

/** Makes the environment, unless it is there with these contents. */
export async function makeJaxEnvironment(
  plan: JaxEnvironmentPlan,
  options: MakeOptions,
  run: RunProgram,
): Promise<MakeResult> {
  if ((await readStamp(plan.folder)) === plan.contents) return { ok: true, executable: plan.executable };
  const claim = await claimFolder(plan.folder);
  if (!claim.ok) return failed(claim.failure);
  try {
    return await runCommands(plan, options, run);
  } finally {
    await claim.release();
  }
}

async function runCommands(plan: JaxEnvironmentPlan, options: MakeOptions, run: RunProgram): Promise<MakeResult> {
  for (const each of plan.commands) {
    if (!(await options.mayStart()))
      return failed({ kind: 'cancelled', message: 'Starting processes is not allowed.' });
    options.onCommand(each);
    const { environment, cwd, signal, onOutput } = options;
    const failure = failureOf(
      each,
      await run(each.command, { environment, cwd, signal, onOutput, tether: each.command[0] }),
    );
    if (failure) return failed(failure);
  }
  await writeFile(stampOf(plan.folder), `${JSON.stringify({ contents: plan.contents })}\n`);
  return { ok: true, executable: plan.executable };
}

/** The interpreter of a JAX environment that was made before; null where there is none, or only half of one. */
export async function finishedJaxEnvironment(folder: string, platform: NodeJS.Platform): Promise<string | null> {
  return (await readStamp(folder)) === null ? null : inEnvironment(folder, platform);
}

async function readStamp(folder: string): Promise<string | null> {
  try {
    const value: unknown = JSON.parse(await readFile(stampOf(folder), 'utf8'));
    const contents = (value as { contents?: unknown } | null)?.contents;
    return typeof contents === 'string' ? contents : null;
  } catch {
    return null;
  }
}

function failureOf({ purpose, command }: PlannedCommand, result: RunResult): Failure | null {
  switch (result.kind) {
    case 'cancelled':
      return { kind: 'cancelled', message: 'Making the JAX environment was cancelled.' };
    case 'timedOut':
      return { kind: 'timedOut', message: `${purpose}: took too long.` };
    case 'notStarted':
      return { kind: 'noPython', message: `${purpose}: ${command[0]} cannot be started (${result.reason}).` };
    case 'exit': {
      if (result.code === 0) return null;
      const detail = withoutControls(`${result.stdout}\n${result.stderr}`).trim().slice(-4_000);
      const hint = wayOut(detail);
      return {
        kind: 'internal',
        message: `${purpose}: failed with exit status ${result.code}.`,
        ...(hint === null ? {} : { hint }),
        detail,
      };
    }
  }
}

function wayOut(output: string): string | null {
  if (/ensurepip|No module named .?venv/.test(output)) {
    return 'On Debian and Ubuntu the module is a package of its own: apt install python3-venv';
  }
  if (/[Cc]onnection|timed out|resolution|unreachable|SSL/.test(output)) {
    return 'The package index cannot be reached: connect to it, or name a mirror in PIP_INDEX_URL.';
  }
  if (output.includes('No space left')) return 'The disk is full: JAX needs about 500 MB, with CUDA about 5 GB.';
  if (/No matching distribution|from versions: none/.test(output)) {
    return 'There is no JAX for this Python on this system: make the environment with another interpreter.';
  }
  return null;
}

function failed(failure: Failure): MakeResult {
  return { ok: false, failure };
}
