/** Keeps the panel honest: whether the function on show is still what was raced, and whether it can be raced again. */
import * as vscode from 'vscode';
import type { AnalysisService } from '../analysis/analysisService';
import { bodyDigest } from '../analysis/snapshot';
import type { RaceStage } from './raceStage';
import { locate } from './raceTarget';

export function watchRaceConditions(stage: RaceStage, analyses: AnalysisService): vscode.Disposable {
  return vscode.Disposable.from(
    analyses.onDidAnalyze((documents) => {
      const { shown } = stage;
      if (shown.kind !== 'race') return;
      const document = documents.find((each) => each.uri.toString() === shown.run.target.uri.toString());
      if (!document) return;
      const snapshot = analyses.latest(document);
      const subject = snapshot?.subjects.find((each) => each.qualname === shown.run.target.qualname);
      stage.setStale(!snapshot || !subject || bodyDigest(snapshot, subject) !== shown.run.digest);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void checkConditions(stage, analyses)),
  );
}

/** For a race that was not begun here and now. Opens its file, unseen. */
export async function checkConditions(stage: RaceStage, analyses: AnalysisService): Promise<void> {
  const { shown, target } = stage;
  if (!target) return;
  const location = await locate(target, analyses);
  if (stage.shown !== shown) return;
  const located = location.kind === 'located' ? location.located : null;
  stage.setCanRun(vscode.workspace.isTrusted && located !== null);
  if (shown.kind === 'race') stage.setStale(located?.digest !== shown.run.digest);
}
