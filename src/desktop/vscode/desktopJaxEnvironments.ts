/** The JAX environment in the extension's own storage. */
import path from 'node:path';
import type { JaxEnvironmentPlan, JaxEnvironments } from '../../editor';
import type { Failure } from '../../protocol';
import { installerEnvironment } from '../python/environment';
import { planJaxEnvironment, shownCommand } from '../python/jaxEnvironment';
import { finishedJaxEnvironment, makeJaxEnvironment } from '../python/makeJaxEnvironment';
import { nvidiaDriver } from '../python/nvidiaDriver';
import { probe } from '../python/probe';
import { runProgram } from '../python/runProgram';
import { probeOptions } from './desktopInterpreters';

export class DesktopJaxEnvironments implements JaxEnvironments {
  private readonly folder: string;

  constructor(
    private readonly storage: string,
    private readonly mayStart: () => boolean,
    /** The host is about to end. */
    private readonly closing: AbortSignal,
  ) {
    this.folder = path.join(storage, 'jax');
  }

  existing(): Promise<string | null> {
    return finishedJaxEnvironment(this.folder, process.platform);
  }

  async plan(executable: string): Promise<JaxEnvironmentPlan | Failure> {
    const options = await probeOptions(this.storage, this.closing);
    if (!this.mayStart()) return NOT_TRUSTED;
    const asked = await probe(executable, options, runProgram);
    if (!asked.ok) {
      const hint = 'Select another interpreter.';
      return { kind: 'noPython', message: `${executable} ${asked.reason}.`, hint };
    }
    if (!this.mayStart()) return NOT_TRUSTED;
    const plan = planJaxEnvironment(this.folder, {
      python: asked.interpreter,
      platform: process.platform,
      arch: process.arch,
      nvidiaDriver: await nvidiaDriver(asked.interpreter.executable, options, runProgram),
    });
    return {
      folder: plan.folder,
      commands: plan.commands.map((each) => shownCommand(each, process.platform)),
      create: async ({ signal, onOutput }) => {
        const made = await makeJaxEnvironment(
          plan,
          {
            environment: installerEnvironment(process.env, process.platform),
            ...{ cwd: options.cwd, signal: AbortSignal.any([signal, this.closing]), mayStart: this.mayStart, onOutput },
            onCommand: (command) => {
              onOutput(`${shownCommand(command, process.platform)}\n`);
            },
          },
          runProgram,
        );
        return made.ok ? { kind: 'created', executable: made.executable } : { kind: 'failed', failure: made.failure };
      },
    };
  }
}

const NOT_TRUSTED: Failure = { kind: 'cancelled', message: 'The workspace is not trusted, so nothing was started.' };
