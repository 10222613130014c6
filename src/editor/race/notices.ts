/** What keeps a race from starting, told with the way out. Only ever in answer to a command. */
import * as vscode from 'vscode';
import { literalName, literalText } from '../../protocol';
import { COMMANDS } from '../commands';
import type { Resolution } from '../environment/interpreter';
import type { Log } from '../log';

export class Notices {
  constructor(private readonly log: Log) {}

  /** The reader did not trust this workspace. */
  untrusted(): void {
    const manage = vscode.l10n.t('Manage Workspace Trust');
    const text = vscode.l10n.t(
      'A benchmark runs code, and this workspace is not trusted. Lenses, hints and conversions work without trust.',
    );
    void vscode.window.showWarningMessage(text, manage).then((answer) => {
      if (answer === manage) void vscode.commands.executeCommand('workbench.trust.manage');
    });
  }

  noInterpreter(resolution: Exclude<Resolution, { kind: 'interpreter' }>): void {
    const text =
      resolution.kind === 'missing'
        ? vscode.l10n.t(
            'The Python interpreter {0} ({1}) is not there.',
            literalName(resolution.named),
            resolution.origin,
          )
        : vscode.l10n.t('No Python interpreter was found, neither by the Python extension nor in .venv, venv or PATH.');
    const select = vscode.l10n.t('Select Interpreter');
    void vscode.window.showErrorMessage(text, select).then((answer) => {
      if (answer === select) void vscode.commands.executeCommand(COMMANDS.selectInterpreter);
    });
  }

  problem(text: string, detail?: string): void {
    this.log.warn(detail === undefined ? text : `${text}\n${detail}`);
    const show = vscode.l10n.t('Show Log');
    void vscode.window.showErrorMessage(literalText(text), show).then((answer) => {
      if (answer === show) this.log.show();
    });
  }

  /** One race at a time: two would disturb each other. Whether the running one may end for the new one. */
  async mayReplace(running: string): Promise<boolean> {
    const cancel = vscode.l10n.t('Cancel It and Race');
    const answer = await vscode.window.showInformationMessage(
      vscode.l10n.t('A race of {0} is running.', literalName(running)),
      { modal: true, detail: vscode.l10n.t('Two races at once would disturb each other.') },
      cancel,
    );
    return answer === cancel;
  }
}
