/** The language status of Python: what races run in, as far as it is known, and whether one is running. */
import * as vscode from 'vscode';
import { COMMANDS } from '../commands';
import type { LastWorkers } from '../environment/lastWorkers';
import { PYTHON } from '../languages';
import type { RaceStage } from '../race/raceStage';

export function registerLanguageStatus(stage: RaceStage, lastWorkers: LastWorkers): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('matmulLens.status', PYTHON);
  item.name = 'Matmul Lens';
  const refresh = () => {
    refreshItem(item, stage, lastWorkers);
  };
  refresh();
  return vscode.Disposable.from(
    item,
    stage.onDidChangeActivity(refresh),
    lastWorkers.onDidChange(refresh),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
  );
}

function refreshItem(item: vscode.LanguageStatusItem, stage: RaceStage, lastWorkers: LastWorkers): void {
  const { running } = stage;
  item.busy = running !== null;
  if (running) {
    item.text = vscode.l10n.t('Racing {0}', running.target.qualname);
    item.detail = environmentText(lastWorkers);
    item.command = { title: vscode.l10n.t('Cancel'), command: COMMANDS.cancelRace };
  } else if (vscode.workspace.isTrusted) {
    item.text = environmentText(lastWorkers) || vscode.l10n.t('Matmul Lens');
    item.detail = executableText(lastWorkers) || vscode.l10n.t('the first race finds its interpreter');
    item.command = { title: vscode.l10n.t('Select Interpreter'), command: COMMANDS.selectInterpreter };
  } else {
    item.text = vscode.l10n.t('Matmul Lens');
    item.detail = vscode.l10n.t('analysis only: the workspace is not trusted');
    item.command = { title: vscode.l10n.t('Manage Trust'), command: 'workbench.trust.manage' };
  }
}

/** Such as `PyTorch 2.13.0 · JAX 0.10.2 · AMD EPYC`; empty before a worker has told. */
function environmentText({ workers }: LastWorkers): string {
  const { torch, jax } = workers;
  const device = torch?.environment?.devices[0] ?? jax?.environment?.devices[0];
  return [
    ...(torch
      ? [torch.environment?.version ? `PyTorch ${torch.environment.version}` : absentText('PyTorch', torch)]
      : []),
    ...(jax ? [jax.environment?.version ? `JAX ${jax.environment.version}` : absentText('JAX', jax)] : []),
    ...(device ? [device.name] : []),
  ]
    .filter((each) => each !== '')
    .join(' · ');
}

function absentText(name: string, { status }: { readonly status: string }): string {
  return status === 'absent' ? `no ${name}` : '';
}

function executableText({ workers }: LastWorkers): string {
  const all = [workers.torch, workers.jax].flatMap((each) => each?.environment?.executable ?? []);
  return [...new Set(all)].join(', ');
}
