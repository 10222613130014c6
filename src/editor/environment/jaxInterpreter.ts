/** Where JAX runs: beside PyTorch if it is there, else in the environment that was made for it. */
import type * as vscode from 'vscode';
import type { Interpreters, JaxEnvironments, PythonCommand } from '../ports/execution';
import { interpreterSetting } from '../settings';
import { executableOf } from './interpreter';
import { folderOf } from './ownSources';

export class JaxInterpreter {
  /** Whether an interpreter has JAX, as far as it answered; what was installed meanwhile is seen after `forget`. */
  private readonly known = new Map<string, Promise<boolean>>();

  constructor(
    private readonly interpreters: Interpreters,
    private readonly environments: JaxEnvironments,
  ) {}

  /** @param python what runs PyTorch; also the answer where there is no JAX at all, so that the race says so */
  async resolve(python: PythonCommand, file: vscode.Uri): Promise<PythonCommand> {
    const setting = interpreterSetting('jax', file);
    if (setting !== null) return [(await this.interpreters.locate(setting, folderOf(file))) ?? setting];
    const own = await this.environments.existing();
    // Without another choice there is nothing to find out.
    if (own === null || (await this.hasJax(executableOf(python)))) return python;
    return [own];
  }

  forget(): void {
    this.known.clear();
  }

  private hasJax(executable: string): Promise<boolean> {
    const known = this.known.get(executable);
    if (known) return known;
    const asked = this.interpreters.probe(executable).then((probe) => {
      // An interpreter that did not answer in time, or was not asked, may have JAX all the same.
      if (probe.kind !== 'python' && this.known.get(executable) === asked) this.known.delete(executable);
      return probe.kind === 'python' && probe.jax !== null;
    });
    this.known.set(executable, asked);
    return asked;
  }
}
