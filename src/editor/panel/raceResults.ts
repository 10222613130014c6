/** Races that are over, back on the stage: from a lens, from the palette, after a reload of the window. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { PersistedPanel } from '../../protocol';
import type { AnalysisService } from '../analysis/analysisService';
import { checkConditions } from '../race/raceConditions';
import type { RaceHistory } from '../race/raceHistory';
import { runOf } from '../race/raceRun';
import type { RaceStage } from '../race/raceStage';
import { PANEL_TYPE } from './resultsPanel';
import type { ResultsPanel } from './resultsPanel';

export class RaceResults implements vscode.WebviewPanelSerializer {
  constructor(
    private readonly panel: ResultsPanel,
    private readonly stage: RaceStage,
    private readonly history: RaceHistory,
    private readonly analyses: AnalysisService,
  ) {}

  register(): vscode.Disposable {
    return vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, this);
  }

  /** @param id null: whatever is on show, else the newest race */
  async show(id: string | null): Promise<void> {
    const wanted = id ?? (this.stage.shown.kind === 'empty' ? this.history.newest : null);
    if (wanted !== null) await this.load(wanted);
    this.panel.open();
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel, kept: unknown): Promise<void> {
    const state = v.safeParse(PersistedPanel, kept);
    // Nothing else was begun meanwhile.
    if (this.stage.shown.kind === 'empty' && state.success && state.output.race !== null) {
      await this.load(state.output.race);
    }
    this.panel.adopt(panel);
  }

  private async load(id: string): Promise<void> {
    const { shown, running } = this.stage;
    if (shown.kind === 'race' && shown.run.state.id === id) return;
    if (running?.state.id === id) {
      this.stage.showRace(running, { stale: false, canRun: true });
      return;
    }
    const record = await this.history.read(id);
    if (!record) return;
    this.stage.showRace(runOf(record), { stale: false, canRun: false });
    void checkConditions(this.stage, this.analyses);
  }
}
