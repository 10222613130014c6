/** What the panel shows (nothing yet, a form, a race) and the one race that is running, perhaps behind it. */
import * as vscode from 'vscode';
import type { InputForm, PanelState, RunnerEvent } from '../../protocol';
import { baseName } from './raceTarget';
import type { RaceTarget } from './raceTarget';
import { advanced, isRunning, withRemarks } from './raceRun';
import type { RaceRun } from './raceRun';

export type Shown =
  | { readonly kind: 'empty' }
  | { readonly kind: 'form'; readonly target: RaceTarget; readonly form: InputForm }
  | { readonly kind: 'race'; readonly run: RaceRun };

export class RaceStage implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly advancedBy = new vscode.EventEmitter<RunnerEvent>();
  private readonly aged = new vscode.EventEmitter<boolean>();
  private readonly finished = new vscode.EventEmitter<RaceRun>();
  private readonly activity = new vscode.EventEmitter<void>();

  /** The panel is to show another thing altogether. */
  readonly onDidChange = this.changed.event;
  /** The race on show went on. */
  readonly onDidAdvance = this.advancedBy.event;
  /** The function on show was edited after its race, or is again what was raced. */
  readonly onDidAge = this.aged.event;
  /** A race ended, on show or not. */
  readonly onDidFinish = this.finished.event;
  /** A race began or ended. */
  readonly onDidChangeActivity = this.activity.event;

  private current: Shown = { kind: 'empty' };
  private live: RaceRun | null = null;
  private stale = false;
  private canRun = false;

  get shown(): Shown {
    return this.current;
  }

  /** The race that is running now. */
  get running(): RaceRun | null {
    return this.live;
  }

  /** The function whose form or race is on show. */
  get target(): RaceTarget | null {
    switch (this.current.kind) {
      case 'empty':
        return null;
      case 'form':
        return this.current.target;
      case 'race':
        return this.current.run.target;
    }
  }

  get panelState(): PanelState {
    const { current, stale, canRun } = this;
    const run = current.kind === 'race' ? current.run : null;
    return {
      stage: current.kind,
      form: current.kind === 'form' ? current.form : null,
      race: run?.state ?? null,
      startedAt: run?.startedAt ?? null,
      stale,
      canRun,
    };
  }

  showForm(target: RaceTarget, form: Omit<InputForm, 'qualname' | 'file'>): void {
    const shownForm = { qualname: target.qualname, file: baseName(target.uri), ...form };
    this.show({ kind: 'form', target, form: shownForm }, { stale: false, canRun: true });
  }

  showRace(run: RaceRun, conditions: { readonly stale: boolean; readonly canRun: boolean }): void {
    this.show({ kind: 'race', run }, conditions);
  }

  begin(run: RaceRun): void {
    this.live = run;
    this.activity.fire();
    this.showRace(run, { stale: false, canRun: true });
  }

  /** Takes in what the runner tells. */
  receive(event: RunnerEvent): void {
    if (!this.live) return;
    for (const each of withRemarks(event, this.live.remarks)) this.advance(this.live, each);
  }

  /** A race that was never handed over. */
  withdraw(): void {
    this.live = null;
    this.activity.fire();
    this.show({ kind: 'empty' }, { stale: false, canRun: false });
  }

  setStale(stale: boolean): void {
    if (this.stale === stale) return;
    this.stale = stale;
    this.aged.fire(stale);
  }

  setCanRun(canRun: boolean): void {
    if (this.canRun === canRun) return;
    this.canRun = canRun;
    this.changed.fire();
  }

  dispose(): void {
    for (const each of [this.changed, this.advancedBy, this.aged, this.finished, this.activity]) each.dispose();
  }

  private advance(before: RaceRun, event: RunnerEvent): void {
    const run = advanced(this.live ?? before, event);
    const isShown = this.current.kind === 'race' && this.current.run.state.id === run.state.id;
    if (isShown) this.current = { kind: 'race', run };
    this.live = isRunning(run) ? run : null;
    if (isShown) this.advancedBy.fire(event);
    if (this.live) return;
    this.finished.fire(run);
    this.activity.fire();
  }

  private show(shown: Shown, { stale, canRun }: { readonly stale: boolean; readonly canRun: boolean }): void {
    this.current = shown;
    this.stale = stale;
    this.canRun = canRun;
    this.changed.fire();
  }
}
