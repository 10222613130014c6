/** What the reader can ask for in the panel. */
import * as vscode from 'vscode';
import { literalName } from '../../protocol';
import type { FromPanel } from '../../protocol';
import { COMMANDS } from '../commands';
import type { Log } from '../log';
import type { Races } from '../ports/execution';
import type { RaceFlow } from '../race/raceFlow';
import type { RaceStage } from '../race/raceStage';
import type { RaceTarget } from '../race/raceTarget';
import { locate } from '../race/raceTarget';
import type { AnalysisService } from '../analysis/analysisService';
import type { VirtualDocuments } from '../virtualDocuments';
import { copyAsMarkdown, exportAsJson, showVariantSource } from './raceExport';

export interface PanelParts {
  readonly stage: RaceStage;
  readonly flow: RaceFlow;
  readonly races: Races;
  readonly analyses: AnalysisService;
  readonly documents: VirtualDocuments;
  readonly log: Log;
}

/** Carries out an intent. Ids and paths come from the stage, never from the message. */
export function handleIntent(intent: FromPanel, parts: PanelParts): void {
  carryOut(intent, parts).catch((error: unknown) => {
    parts.log.bug(`the panel's ${intent.type}`, error);
  });
}

async function carryOut(intent: FromPanel, parts: PanelParts): Promise<void> {
  const { stage, flow, races, documents, analyses } = parts;
  const { shown, target } = stage;
  const run = shown.kind === 'race' ? shown.run : null;
  switch (intent.type) {
    case 'ready':
      return;
    case 'submit':
      if (shown.kind === 'form') await flow.submit(shown.target, intent.values);
      return;
    case 'cancel':
      if (stage.running) races.cancel(stage.running.state.id);
      return;
    case 'rerun':
      if (run) await flow.rerun(run.target, run.values, run.synthetic);
      return;
    case 'editInputs':
      if (run) await flow.edit(run.target, run.values);
      return;
    case 'copyMarkdown':
      if (run) await copyAsMarkdown(run);
      return;
    case 'exportJson':
      if (run) await exportAsJson(run);
      return;
    case 'revealTarget':
      if (target) await revealTarget(target, analyses);
      return;
    case 'showSource':
      if (run) await showVariantSource(run, intent.variant, documents);
      return;
    case 'selectInterpreter':
      await vscode.commands.executeCommand(COMMANDS.selectInterpreter);
      return;
    case 'createJaxEnvironment':
      await vscode.commands.executeCommand(COMMANDS.createJaxEnvironment);
      return;
    case 'showLog':
      parts.log.show();
      return;
    case 'showMethod':
      await vscode.commands.executeCommand(COMMANDS.showMethod);
      return;
  }
}

async function revealTarget(target: RaceTarget, analyses: AnalysisService): Promise<void> {
  const location = await locate(target, analyses);
  const document =
    location.kind === 'located'
      ? location.located.document
      : await vscode.workspace.openTextDocument(target.uri).then(undefined, () => null);
  if (!document) {
    void vscode.window.showErrorMessage(vscode.l10n.t('{0} cannot be opened any more.', literalName(target.uri.path)));
    return;
  }
  const at = location.kind === 'located' ? document.positionAt(location.located.subject.start) : null;
  await vscode.window.showTextDocument(document, {
    viewColumn: vscode.ViewColumn.One,
    ...(at ? { selection: new vscode.Range(at, at) } : {}),
  });
}
