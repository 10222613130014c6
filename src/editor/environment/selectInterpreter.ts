/** *Select Interpreter*: which Python races run in, for this workspace. */
import * as vscode from 'vscode';
import type { Interpreters, Probe } from '../ports/execution';
import type { Consent } from '../race/consent';
import type { ChosenInterpreter } from './ownSources';
import { folderOf } from './ownSources';

interface Row extends vscode.QuickPickItem {
  readonly act: 'automatic' | 'browse' | { readonly executable: string };
}

/** @returns whether another one is chosen now */
export async function selectInterpreter(
  interpreters: Interpreters,
  choice: ChosenInterpreter,
  consent: Consent,
): Promise<void> {
  const rows: Row[] = [
    {
      label: vscode.l10n.t('$(sparkle) Automatic'),
      detail: vscode.l10n.t('The setting, else what the Python extension has selected, else .venv, venv and PATH'),
      act: 'automatic',
    },
    { label: vscode.l10n.t('$(folder-opened) Find...'), act: 'browse' },
    ...(await foundRows(interpreters, consent)),
  ];
  const picked = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t('Interpreter for races in this workspace'),
    placeHolder: choice.chosen ?? vscode.l10n.t('Automatic'),
  });
  if (!picked) return;
  if (picked.act === 'automatic') await choice.choose(null);
  else if (picked.act === 'browse') await browse(choice);
  else await choice.choose(picked.act.executable);
}

async function foundRows(interpreters: Interpreters, consent: Consent): Promise<Row[]> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const found = await interpreters.search(folder ? folderOf(folder.uri) : null);
  return Promise.all(
    found.map(async ({ executable, origin }) => ({
      label: executable,
      description: origin,
      detail: consent.mayStart({ command: [executable], origin })
        ? probeText(await interpreters.probe(executable))
        : vscode.l10n.t('Not asked: it lies inside of the workspace, and was not started yet'),
      act: { executable },
    })),
  );
}

function probeText(probe: Probe): string {
  switch (probe.kind) {
    case 'refused':
      return vscode.l10n.t('Not asked: the workspace is not trusted');
    case 'unfit':
      return vscode.l10n.t('It {0}', probe.reason);
    case 'python':
      return [
        `Python ${probe.version}`,
        probe.torch === null ? vscode.l10n.t('no PyTorch') : `PyTorch ${probe.torch}`,
        probe.jax === null ? vscode.l10n.t('no JAX') : `JAX ${probe.jax}`,
      ].join(' · ');
  }
}

async function browse(choice: ChosenInterpreter): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({
    canSelectMany: false,
    openLabel: vscode.l10n.t('Select Interpreter'),
  });
  if (chosen?.[0]) await choice.choose(chosen[0].fsPath);
}
