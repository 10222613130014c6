/** When lenses are asked for anew. */
import * as vscode from 'vscode';
import { formatAge } from '../../protocol';
import type { AnalysisService } from '../analysis/analysisService';
import type { Hearing } from '../hints/heardFindings';
import { PYTHON } from '../languages';
import type { RaceHistory } from '../race/raceHistory';
import { affects } from '../settings';
import { RaceLenses } from './codeLenses';

/** Ages are shown in minutes. */
const LOOK_MS = 20_000;

export function registerLenses(analyses: AnalysisService, history: RaceHistory, hearing: Hearing): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const fire = () => {
    changed.fire();
  };
  const provider = new RaceLenses(analyses, history, hearing, changed.event, Date.now);
  let shownAges = agesOnScreen(analyses, history);
  const timer = setInterval(() => {
    // Only when a text really changes: whoever asks for lenses draws them again.
    const ages = agesOnScreen(analyses, history);
    if (ages !== shownAges) fire();
    shownAges = ages;
  }, LOOK_MS);
  return vscode.Disposable.from(
    vscode.languages.registerCodeLensProvider(PYTHON, provider),
    analyses.onDidAnalyze(fire),
    hearing.onDidChange(fire),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (affects(change, 'codeLens') || affects(change, 'rules')) fire();
    }),
    new vscode.Disposable(() => {
      clearInterval(timer);
    }),
    changed,
  );
}

function agesOnScreen(analyses: AnalysisService, history: RaceHistory): string {
  const now = Date.now();
  return vscode.window.visibleTextEditors
    .flatMap(({ document }) =>
      (analyses.latest(document)?.subjects ?? []).map(({ qualname }) =>
        history.markOf({ uri: document.uri, qualname }),
      ),
    )
    .map((mark) => (mark ? formatAge(mark.endedAt, now) : ''))
    .join('\n');
}
