/** *Create JAX Environment*: shows the commands, asks, and runs them in the extension's own storage. */
import * as vscode from 'vscode';
import { literalName } from '../../protocol';
import type { JaxEnvironments } from '../ports/execution';
import type { Log } from '../log';
import type { Consent } from '../race/consent';
import type { Notices } from '../race/notices';
import type { InterpreterChain } from './interpreterChain';
import { executableOf } from './interpreter';
import type { JaxInterpreter } from './jaxInterpreter';

export interface JaxEnvironmentParts {
  readonly environments: JaxEnvironments;
  readonly interpreters: InterpreterChain;
  readonly jaxInterpreter: JaxInterpreter;
  readonly consent: Consent;
  readonly notices: Notices;
  readonly log: Log;
}

export class CreateJaxEnvironment {
  private underWay = false;

  constructor(private readonly parts: JaxEnvironmentParts) {}

  /** @param file for whose interpreter it is made */
  async run(file: vscode.Uri): Promise<void> {
    if (this.underWay) {
      void vscode.window.showInformationMessage(vscode.l10n.t('The JAX environment is being created already.'));
      return;
    }
    this.underWay = true;
    try {
      await create(file, this.parts);
    } finally {
      this.underWay = false;
    }
  }
}

async function create(file: vscode.Uri, parts: JaxEnvironmentParts): Promise<void> {
  const { environments, interpreters, jaxInterpreter, consent, notices, log } = parts;
  if (!vscode.workspace.isTrusted) {
    notices.untrusted();
    return;
  }
  const resolution = await interpreters.resolve(file);
  if (resolution.kind !== 'interpreter') {
    notices.noInterpreter(resolution);
    return;
  }
  if (!(await consent.askToStart(resolution.interpreter))) return;
  const plan = await environments.plan(executableOf(resolution.interpreter.command));
  if ('message' in plan) {
    notices.problem([plan.message, plan.hint ?? ''].join(' ').trim());
    return;
  }
  const go = vscode.l10n.t('Create');
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t('Create a Python environment with JAX?'),
    {
      modal: true,
      detail: vscode.l10n.t(
        "These commands will run. They write into this extension's own storage and leave your environments alone.\n\n{0}",
        plan.commands.map(literalName).join('\n\n'),
      ),
    },
    go,
  );
  if (answer !== go) return;
  const result = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Matmul Lens: JAX', cancellable: true },
    async (progress, token) => {
      const controller = new AbortController();
      token.onCancellationRequested(() => {
        controller.abort();
      });
      return plan.create({
        signal: controller.signal,
        onOutput: (text) => {
          log.info(text.trimEnd());
          progress.report({ message: lastLine(text) });
        },
      });
    },
  );
  jaxInterpreter.forget();
  if (result.kind === 'created') {
    void vscode.window.showInformationMessage(vscode.l10n.t('JAX is ready. The next race takes it.'));
  } else if (result.failure.kind !== 'cancelled') {
    const { message, hint, detail } = result.failure;
    notices.problem([message, hint ?? ''].join(' ').trim(), detail);
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.slice(0, 120) ?? '';
}
