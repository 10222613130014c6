/** The findings of a document that its project and its reader want to hear; the reader has the last word. */
import * as vscode from 'vscode';
import type { Finding } from '../../core';
import type { DeviceKind } from '../../protocol';
import type { LastWorkers } from '../environment/lastWorkers';
import type { Snapshot } from '../analysis/snapshot';
import { ruleSettings } from '../settings';
import type { RacedSites } from './racedSites';

export interface HeardFindings {
  readonly findings: readonly Finding[];
  /** Whether one is drawn into the code; the others wait in the lightbulb. */
  readonly isDrawn: (finding: Finding) => boolean;
}

export class Hearing {
  constructor(
    private readonly lastWorkers: LastWorkers,
    private readonly races: RacedSites,
  ) {}

  onDidChange(listener: () => void): vscode.Disposable {
    return vscode.Disposable.from(this.lastWorkers.onDidChange(listener), this.races.onDidChange(listener));
  }

  of(snapshot: Snapshot): HeardFindings {
    const { analysis, findings, projectRules, part } = snapshot;
    if (!analysis) return { findings: [], isDrawn: () => false };
    const { RuleView, readRuleLayer, SILENT } = analysis.core;
    const own = readRuleLayer(ruleSettings(part.document)).layer;
    const view = new RuleView([projectRules ?? SILENT, own], this.device);
    const racedOf = this.races.of(snapshot, this.device);
    return { findings: view.of(findings), isDrawn: (finding) => view.isShown(finding, racedOf(finding)) };
  }

  /** What PyTorch would run on by itself, as far as it has been started: until then, a CPU. */
  private get device(): DeviceKind {
    const devices = this.lastWorkers.workers.torch?.environment?.devices ?? [];
    return devices.find(({ kind }) => kind !== 'cpu')?.kind ?? 'cpu';
  }
}
