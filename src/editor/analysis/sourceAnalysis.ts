/** The analysis of one open document, or of all cells of a notebook, kept up with its edits. */
import type * as vscode from 'vscode';
import type { Log } from '../log';
import { Drift } from './drift';
import type { AnalysisEngine } from './engine';
import { nothingFound, snapshotOf } from './snapshot';
import type { Analyzed, Snapshot } from './snapshot';
import type { Source } from './source';

/** After the last keystroke. The first analysis waits for nothing. */
const QUIET_MS = 180;

interface Job {
  readonly state: string;
  readonly done: Promise<void>;
}

export class SourceAnalysis implements vscode.Disposable {
  /** The newest snapshot of each document. */
  private snapshots: ReadonlyMap<string, Snapshot> = new Map();
  /** Edits of each document since its newest snapshot. */
  private readonly drifts = new Map<string, Drift>();
  /** What `snapshots` were made of. */
  private analyzed: string | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private job: Job | null = null;
  private disposed = false;

  /** @param onSnapshots told of the documents that have new snapshots, or none any more */
  constructor(
    private readonly source: Source,
    private readonly engine: AnalysisEngine,
    private readonly log: Log,
    private readonly onSnapshots: (documents: readonly vscode.TextDocument[]) => void,
  ) {}

  /** The newest snapshot there is; perhaps of an earlier version than the document's. */
  latest(document: vscode.TextDocument): Snapshot | null {
    return this.snapshots.get(keyOf(document)) ?? null;
  }

  edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0) return;
    const drift = this.drifts.get(keyOf(document)) ?? new Drift();
    this.drifts.set(keyOf(document), drift);
    drift.record(document.version, contentChanges);
    this.touched();
  }

  /** Something has changed: it is analysed anew once that has come to rest. */
  touched(): void {
    if (this.disposed) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.run(), QUIET_MS);
  }

  /**
   * The snapshot of the document's present version, analysed at once if need be; null where it was edited again, or
   * is not analysed at all.
   */
  async upToDate(document: vscode.TextDocument): Promise<Snapshot | null> {
    const { state } = this.source;
    if (this.analyzed !== state) await this.run();
    return this.analyzed === state ? this.latest(document) : null;
  }

  /** The present offset in a document of what its newest snapshot has at `offset` of the analysed text. */
  offsetNow(document: vscode.TextDocument, offset: number): number {
    const part = this.latest(document)?.part;
    if (!part) return offset;
    return this.drifts.get(keyOf(document))?.toNow(offset - part.start, part.version) ?? offset - part.start;
  }

  dispose(): void {
    this.disposed = true;
    if (this.timer) clearTimeout(this.timer);
    this.engine.forget(this.source.key);
  }

  /** Analyses the same text again, since other files have changed. */
  async refresh(): Promise<void> {
    await this.job?.done;
    if (!this.disposed) await this.run();
  }

  private run(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { state } = this.source;
    if (this.job?.state === state) return this.job.done;
    const job = { state, done: this.analyze(state).finally(() => this.ended(state)) };
    this.job = job;
    return job.done;
  }

  private ended(state: string): void {
    if (this.job?.state === state) this.job = null;
  }

  private async analyze(state: string): Promise<void> {
    const { source } = this;
    const isCurrent = () => !this.disposed && source.state === state;
    try {
      const result = await this.engine.analyze(source, isCurrent);
      if (result.kind === 'cancelled' || !isCurrent()) return;
      if (result.kind === 'skipped') this.log.info(`${source.path} is left out: ${result.reason}.`);
      this.publish(state, result.analyzed);
    } catch (error) {
      this.log.bug(source.path, error);
      // What was said of an earlier version is no longer known to hold.
      if (isCurrent()) this.publish(state, nothingFound({ text: '', parts: [] }));
    }
  }

  private publish(state: string, analyzed: Analyzed): void {
    const { parts } = analyzed;
    const before = [...this.snapshots.values()].map(({ part }) => part.document);
    this.analyzed = state;
    this.snapshots = new Map(parts.map((part) => [keyOf(part.document), snapshotOf(analyzed, part)]));
    for (const key of this.drifts.keys()) if (!this.snapshots.has(key)) this.drifts.delete(key);
    for (const { document, version } of parts) this.drifts.get(keyOf(document))?.forgetUntil(version);
    this.onSnapshots([...new Set([...before, ...parts.map(({ document }) => document)])]);
  }
}

function keyOf(document: vscode.TextDocument): string {
  return document.uri.toString();
}
