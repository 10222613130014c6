/** The commands of package.json. A bug in one is logged, not thrown at the reader. */
import * as vscode from 'vscode';
import type { Fix } from '../core';
import { literalText } from '../protocol';
import { showSuggestion } from './actions/showSuggestion';
import type { AnalysisService } from './analysis/analysisService';
import { COMMANDS } from './commands';
import { previewFix, previewSource } from './convert/previews';
import type { JaxConversions } from './convert/jaxConversion';
import type { CreateJaxEnvironment } from './environment/createJaxEnvironment';
import type { ChosenInterpreter } from './environment/ownSources';
import { selectInterpreter } from './environment/selectInterpreter';
import type { Log } from './log';
import type { RaceResults } from './panel/raceResults';
import type { Execution } from './ports/execution';
import type { Consent } from './race/consent';
import type { RaceFlow } from './race/raceFlow';
import type { RaceStage } from './race/raceStage';
import { locate, locateAt } from './race/raceTarget';
import type { VirtualDocuments } from './virtualDocuments';

export interface CommandParts {
  readonly extension: vscode.Uri;
  readonly execution: Execution;
  readonly analyses: AnalysisService;
  readonly flow: RaceFlow;
  readonly stage: RaceStage;
  readonly results: RaceResults;
  readonly consent: Consent;
  readonly conversions: JaxConversions;
  readonly documents: VirtualDocuments;
  readonly choice: ChosenInterpreter;
  readonly creation: CreateJaxEnvironment;
  readonly log: Log;
}

export function registerCommands(parts: CommandParts): vscode.Disposable {
  const { analyses, flow, stage, conversions, documents, log } = parts;
  const handlers: Record<keyof typeof COMMANDS, (...args: never[]) => Promise<void>> = {
    benchmark: (uri?: vscode.Uri, qualname?: string) =>
      withTarget(uri, qualname, (at) => flow.begin(() => located(at, analyses))),
    showResults: (id?: string) => parts.results.show(id ?? null),
    cancelRace: async () => {
      if (stage.running) parts.execution.races.cancel(stage.running.state.id);
      return Promise.resolve();
    },
    convertToJax: (uri?: vscode.Uri, qualname?: string) =>
      withTarget(uri, qualname, async (at) => {
        const location = await located(at, analyses);
        if (location.kind === 'gone') void vscode.window.showErrorMessage(literalText(location.message));
        else await conversions.convert(location.located.target.uri, location.located.target.qualname);
      }),
    insertConversion: (preview?: vscode.Uri) => onPreview(preview, (uri) => conversions.insertBelow(uri)),
    saveConversion: (preview?: vscode.Uri) => onPreview(preview, (uri) => conversions.saveAsNewFile(uri)),
    copyConversion: (preview?: vscode.Uri) => onPreview(preview, (uri) => conversions.copy(uri)),
    previewFix: (uri: vscode.Uri, version: number, fix: Fix) => previewFix(uri, version, fix, documents),
    previewSource: (title: string, source: string) => previewSource(title, source, documents),
    showSuggestion: (uri: vscode.Uri, offset: number) => showSuggestion(uri, offset, analyses),
    selectInterpreter: () => selectInterpreter(parts.execution.interpreters, parts.choice, parts.consent),
    createJaxEnvironment: async () => {
      const file = stage.target?.uri ?? vscode.window.activeTextEditor?.document.uri ?? parts.extension;
      await parts.creation.run(file);
    },
    resetConsent: async () => {
      await parts.consent.reset();
      void vscode.window.showInformationMessage(vscode.l10n.t('Every function asks again before it is run.'));
    },
    showLog: () => {
      log.show();
      return Promise.resolve();
    },
    showMethod: async () => {
      const page = vscode.Uri.joinPath(parts.extension, 'docs', 'METHOD.md');
      await vscode.commands.executeCommand('markdown.showPreview', page);
    },
  };
  return vscode.Disposable.from(
    ...(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]).map((name) =>
      vscode.commands.registerCommand(COMMANDS[name], async (...args: never[]) => {
        try {
          await handlers[name](...args);
        } catch (error) {
          log.bug(`the command ${COMMANDS[name]}`, error);
        }
      }),
    ),
  );
}

type Place = { readonly uri: vscode.Uri } & ({ readonly qualname: string } | { readonly line: number });

/** From a lens or an action with arguments; from the palette without: then it is the function at the cursor. */
async function withTarget(
  uri: vscode.Uri | undefined,
  qualname: string | undefined,
  then: (place: Place) => Promise<void>,
): Promise<void> {
  if (uri && qualname !== undefined) return then({ uri, qualname });
  const editor = vscode.window.activeTextEditor;
  if (!editor) return;
  await then({ uri: editor.document.uri, line: editor.selection.active.line });
}

function located(place: Place, analyses: AnalysisService) {
  return 'qualname' in place ? locate(place, analyses) : locateAt(place.uri, place.line, analyses);
}

/** The buttons of a preview's title bar give its address; the palette has the active editor. */
async function onPreview(uri: vscode.Uri | undefined, then: (uri: vscode.Uri) => Promise<void>): Promise<void> {
  const preview = uri ?? vscode.window.activeTextEditor?.document.uri;
  if (preview) await then(preview);
}
