/**
 * At most two lenses above a function: what it costs and (but in a notebook) the way to race it, and then what the
 * last race said, or before any race what a rule suggests. They come from the newest snapshot without waiting for the next one, moved
 * along with the edits since, so that nothing jumps while somebody types.
 */
import * as vscode from 'vscode';
import type { Finding, RaceSubject } from '../../core';
import type { AnalysisService } from '../analysis/analysisService';
import { bodyDigest } from '../analysis/snapshot';
import type { Snapshot } from '../analysis/snapshot';
import { COMMANDS } from '../commands';
import { isCell } from '../languages';
import { markText } from '../race/raceMark';
import type { RaceHistory } from '../race/raceHistory';
import type { HeardFindings, Hearing } from '../hints/heardFindings';
import { isEnabled } from '../settings';
import { benchmarkText, costText, suggestionText } from './lensText';

export class RaceLenses implements vscode.CodeLensProvider {
  constructor(
    private readonly analyses: AnalysisService,
    private readonly history: RaceHistory,
    private readonly hearing: Hearing,
    readonly onDidChangeCodeLenses: vscode.Event<void>,
    private readonly now: () => number,
  ) {}

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!isEnabled('codeLens', document)) return [];
    const snapshot = this.analyses.latest(document) ?? (await this.analyses.upToDate(document));
    if (!snapshot) return [];
    const heard = this.hearing.of(snapshot);
    return snapshot.subjects.flatMap((subject) => this.lensesOf(document, snapshot, heard, subject));
  }

  private lensesOf(
    document: vscode.TextDocument,
    snapshot: Snapshot,
    heard: HeardFindings,
    subject: RaceSubject,
  ): vscode.CodeLens[] {
    const at = this.analyses.positionNow(document, subject.start);
    const line = new vscode.Range(at, at);
    const suggestion = suggestionOf(document, heard, subject);
    const commands = isCell(document.uri)
      ? // Without a command a lens is plain text.
        [{ title: costText(subject), command: '' }, suggestion]
      : [benchmarkOf(document, subject), this.markOf(document, snapshot, subject) ?? suggestion];
    return commands.flatMap((command) => (command ? [new vscode.CodeLens(line, command)] : []));
  }

  private markOf(document: vscode.TextDocument, snapshot: Snapshot, subject: RaceSubject): vscode.Command | null {
    const mark = this.history.markOf({ uri: document.uri, qualname: subject.qualname });
    if (!mark) return null;
    return {
      title: markText(mark, bodyDigest(snapshot, subject), this.now()),
      tooltip: vscode.l10n.t('Show this race'),
      command: COMMANDS.showResults,
      arguments: [mark.id],
    };
  }
}

function benchmarkOf(document: vscode.TextDocument, subject: RaceSubject): vscode.Command {
  return {
    title: benchmarkText(subject),
    tooltip: vscode.l10n.t('Race PyTorch against JAX on this machine'),
    command: COMMANDS.benchmark,
    arguments: [document.uri, subject.qualname],
  };
}

function suggestionOf(
  document: vscode.TextDocument,
  { findings, isDrawn }: HeardFindings,
  subject: RaceSubject,
): vscode.Command | null {
  const [first, ...others] = findings.filter((each) => isDrawn(each) && isSuggestion(each, subject));
  if (!first) return null;
  return {
    title: suggestionText([first, ...others]),
    tooltip: first.message,
    command: COMMANDS.showSuggestion,
    arguments: [document.uri, first.start],
  };
}

function isSuggestion(finding: Finding, subject: RaceSubject): boolean {
  return finding.severity !== 'error' && finding.owner === subject.key;
}
