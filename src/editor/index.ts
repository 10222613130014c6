/** The editor's entry: puts the features together over what the platform gives. */
import * as vscode from 'vscode';
import { registerCodeActions } from './actions/codeActions';
import { AnalysisEngine } from './analysis/engine';
import { AnalysisService } from './analysis/analysisService';
import { readGrammar } from './analysis/grammar';
import { ProjectRules } from './analysis/projectRules';
import { JaxConversions } from './convert/jaxConversion';
import { CreateJaxEnvironment } from './environment/createJaxEnvironment';
import { InterpreterChain } from './environment/interpreterChain';
import { JaxInterpreter } from './environment/jaxInterpreter';
import { LastWorkers } from './environment/lastWorkers';
import { ChosenInterpreter, InterpreterSetting, SearchedInterpreter } from './environment/ownSources';
import { PythonEnvironmentsSource } from './environment/pythonEnvironmentsSource';
import { PythonExtensionSource } from './environment/pythonExtensionSource';
import { Hearing } from './hints/heardFindings';
import { RacedSites } from './hints/racedSites';
import { FindingDiagnostics } from './hints/findingDiagnostics';
import { registerHover } from './hover';
import { registerInlayHints } from './inlayHints';
import { registerLenses } from './lenses/registerLenses';
import type { Log } from './log';
import { handleIntent } from './panel/panelIntents';
import { RaceResults } from './panel/raceResults';
import { ResultsPanel } from './panel/resultsPanel';
import type { Execution } from './ports/execution';
import { Consent } from './race/consent';
import { Notices } from './race/notices';
import { watchRaceConditions } from './race/raceConditions';
import { RaceFlow } from './race/raceFlow';
import { RaceHistory } from './race/raceHistory';
import { recordOf } from './race/raceRun';
import { RaceStage } from './race/raceStage';
import { RememberedInputs } from './race/rememberedInputs';
import { registerCommands } from './registerCommands';
import { registerLanguageStatus } from './status/languageStatus';
import { VirtualDocuments } from './virtualDocuments';

export { ChannelLog } from './log';
export type * from './ports/execution';

export function activateEditor(context: vscode.ExtensionContext, execution: Execution, log: Log): void {
  const { extensionUri, workspaceState } = context;
  const own = <T extends vscode.Disposable>(disposable: T): T => {
    context.subscriptions.push(disposable);
    return disposable;
  };
  const documentation = (path: string) => vscode.Uri.joinPath(extensionUri, path);
  const storage = context.storageUri ?? context.globalStorageUri;

  const projects = own(new ProjectRules());
  const engine = new AnalysisEngine(() => readGrammar(extensionUri), projects);
  const analyses = own(new AnalysisService(engine, projects, log));
  const documents = own(new VirtualDocuments());
  const conversions = own(new JaxConversions(analyses, documents));
  const history = own(new RaceHistory(workspaceState, vscode.Uri.joinPath(storage, 'races'), log));
  const stage = own(new RaceStage());
  const lastWorkers = own(new LastWorkers());
  const hearing = new Hearing(lastWorkers, new RacedSites(history));
  const notices = new Notices(log);
  const consent = new Consent(workspaceState);

  const { races, interpreters: finder, jaxEnvironments } = execution;
  const choice = own(new ChosenInterpreter(workspaceState, finder));
  const interpreters = own(
    new InterpreterChain([
      choice,
      own(new InterpreterSetting(finder)),
      own(new PythonEnvironmentsSource(log)),
      own(new PythonExtensionSource(log)),
      new SearchedInterpreter(finder),
    ]),
  );
  const jaxInterpreter = new JaxInterpreter(finder, jaxEnvironments);
  const flow = new RaceFlow({
    ...{ analyses, interpreters, jaxInterpreter, lastWorkers, races, consent, notices, stage },
    remembered: new RememberedInputs(workspaceState),
  });
  const panelParts = { stage, flow, races, analyses, documents, log };
  const panel = own(
    new ResultsPanel(extensionUri, stage, log, (intent) => {
      handleIntent(intent, panelParts);
    }),
  );
  const results = new RaceResults(panel, stage, history, analyses);
  const creation = new CreateJaxEnvironment({
    environments: jaxEnvironments,
    ...{ interpreters, jaxInterpreter, consent, notices, log },
  });

  context.subscriptions.push(
    races.onEvent((event) => {
      lastWorkers.receive(event);
      stage.receive(event);
      if (event.type === 'log') log.info(`${event.source}: ${event.text}`);
    }),
    races.onLog((text) => {
      log.info(text);
    }),
    stage.onDidFinish((run) => {
      const record = recordOf(run);
      if (record) void history.add(record);
    }),
    stage.onDidChangeActivity(() => {
      void vscode.commands.executeCommand('setContext', 'matmulLens.racing', stage.running !== null);
    }),
    interpreters.onDidChange(() => {
      jaxInterpreter.forget();
    }),
    watchRaceConditions(stage, analyses),
    new FindingDiagnostics(analyses, documentation, hearing),
    registerLenses(analyses, history, hearing),
    registerCodeActions(analyses, documentation, hearing),
    registerHover(analyses),
    registerInlayHints(analyses),
    registerLanguageStatus(stage, lastWorkers),
    results.register(),
    registerCommands({
      ...{ execution, analyses, flow, stage, results, consent, conversions, documents, choice, creation, log },
      extension: extensionUri,
    }),
  );
}
