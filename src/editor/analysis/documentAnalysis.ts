/** The analysis of one open document, kept up with its edits. */
import type * as vscode from 'vscode';
import type { Log } from '../log';
import { Drift } from './drift';
import type { AnalysisEngine } from './engine';
import { idOf } from './otherSources';
import { emptySnapshot } from './snapshot';
import type { Snapshot } from './snapshot';

/** After the last keystroke. The first analysis waits for nothing. */
const QUIET_MS = 180;

interface Job {
  readonly version: number;
  readonly done: Promise<void>;
}

export class DocumentAnalysis implements vscode.Disposable {
  /** The newest snapshot there is; perhaps of an earlier version than the document's. */
  latest: Snapshot | null = null;
  private readonly drift = new Drift();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private job: Job | null = null;
  private disposed = false;

  constructor(
    private readonly document: vscode.TextDocument,
    private readonly engine: AnalysisEngine,
    private readonly log: Log,
    private readonly onSnapshot: () => void,
  ) {}

  edited(change: vscode.TextDocumentChangeEvent): void {
    if (change.contentChanges.length === 0) return;
    this.drift.record(this.document.version, change.contentChanges);
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), QUIET_MS);
  }

  /** The snapshot of the document's present version, analysed at once if need be; null when it was edited again. */
  async upToDate(): Promise<Snapshot | null> {
    const { version } = this.document;
    if (this.latest?.version !== version) await this.run();
    return this.latest?.version === version ? this.latest : null;
  }

  /** The present offset of what the newest snapshot has at `offset`. */
  offsetNow(offset: number): number {
    return this.latest ? this.drift.toNow(offset, this.latest.version) : offset;
  }

  dispose(): void {
    this.disposed = true;
    if (this.timer) clearTimeout(this.timer);
    this.engine.forget(this.key);
  }

  /** Analyses the same text again, since other files have changed. */
  async refresh(): Promise<void> {
    await this.job?.done;
    if (!this.disposed) await this.run();
  }

  /** Only files have modules around them. */
  private get id(): string | null {
    return this.document.isUntitled ? null : idOf(this.document.uri);
  }

  private get key(): string {
    return this.document.uri.toString();
  }

  private run(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { version } = this.document;
    if (this.job?.version === version) return this.job.done;
    const job = { version, done: this.analyze(version).finally(() => this.ended(version)) };
    this.job = job;
    return job.done;
  }

  private ended(version: number): void {
    if (this.job?.version === version) this.job = null;
  }

  private async analyze(version: number): Promise<void> {
    const isCurrent = () => !this.disposed && this.document.version === version;
    try {
      const result = await this.engine.analyze(this.key, version, this.document.getText(), this.id, isCurrent);
      if (result.kind === 'cancelled' || !isCurrent()) return;
      if (result.kind === 'skipped') this.log.info(`${this.document.uri.path} is left out: ${result.reason}.`);
      this.publish(result.snapshot);
    } catch (error) {
      this.log.bug(this.document.uri.path, error);
      // What was said of an earlier version is no longer known to hold.
      if (isCurrent()) this.publish(emptySnapshot(version, ''));
    }
  }

  private publish(snapshot: Snapshot): void {
    this.latest = snapshot;
    this.drift.forgetUntil(snapshot.version);
    this.onSnapshot();
  }
}
