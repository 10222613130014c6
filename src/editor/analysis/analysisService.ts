/** The analyses of all open Python documents. Never throws into the host. */
import * as vscode from 'vscode';
import type { FileAnalysis } from '../../core';
import { isOurs } from '../languages';
import type { Log } from '../log';
import { DocumentAnalysis } from './documentAnalysis';
import { idOf } from './otherSources';
import type { AnalysisEngine } from './engine';
import type { Snapshot } from './snapshot';

/** A branch that is checked out changes many files at once. */
const FILES_SETTLE_MS = 500;

export class AnalysisService implements vscode.Disposable {
  private readonly documents = new Map<string, DocumentAnalysis>();
  private readonly analyzed = new vscode.EventEmitter<vscode.TextDocument>();
  private readonly closed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: readonly vscode.Disposable[];
  private settling: ReturnType<typeof setTimeout> | null = null;

  /** A document has a new snapshot. */
  readonly onDidAnalyze = this.analyzed.event;
  /** A document was closed, or is no Python any more. */
  readonly onDidForget = this.closed.event;

  constructor(
    private readonly engine: AnalysisEngine,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => this.opened(document)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.forget(document.uri);
      }),
      ...this.watchFiles(),
      vscode.workspace.onDidChangeTextDocument((change) => this.documents.get(keyOf(change.document))?.edited(change)),
    ];
    for (const document of vscode.workspace.textDocuments) this.opened(document);
  }

  /** The newest snapshot, perhaps of an earlier version; null before the first. */
  latest(document: vscode.TextDocument): Snapshot | null {
    return this.documents.get(keyOf(document))?.latest ?? null;
  }

  /** The snapshot of the present version; null where it was edited meanwhile, or cannot be analysed. */
  async upToDate(document: vscode.TextDocument): Promise<Snapshot | null> {
    return (await this.track(document)?.upToDate()) ?? null;
  }

  /** Analyses texts that are no documents. */
  analyzeTexts(): Promise<(text: string) => FileAnalysis | null> {
    return this.engine.analyzeTexts();
  }

  /** Where in the document an offset of its newest snapshot is now. */
  positionNow(document: vscode.TextDocument, offset: number): vscode.Position {
    return document.positionAt(this.documents.get(keyOf(document))?.offsetNow(offset) ?? offset);
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    for (const each of this.documents.values()) each.dispose();
    this.documents.clear();
    this.engine.dispose();
    this.analyzed.dispose();
    this.closed.dispose();
  }

  /** Other files may change what is known of an open one. */
  private watchFiles(): readonly vscode.Disposable[] {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*.py');
    const changed = (): void => {
      if (this.settling) clearTimeout(this.settling);
      this.settling = setTimeout(() => {
        void this.engine.filesChanged().then(() => {
          for (const each of this.documents.values()) void each.refresh();
        });
      }, FILES_SETTLE_MS);
    };
    return [
      watcher,
      watcher.onDidChange(async (uri) => {
        if (await this.engine.hasRead(idOf(uri))) changed();
      }),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
      vscode.workspace.onDidChangeWorkspaceFolders(changed),
      new vscode.Disposable(() => {
        if (this.settling) clearTimeout(this.settling);
      }),
    ];
  }

  private opened(document: vscode.TextDocument): void {
    void this.track(document)?.upToDate();
  }

  private track(document: vscode.TextDocument): DocumentAnalysis | null {
    if (!isOurs(document) || document.isClosed) return null;
    const key = keyOf(document);
    const known = this.documents.get(key);
    if (known) return known;
    const made = new DocumentAnalysis(document, this.engine, this.log, () => {
      this.analyzed.fire(document);
    });
    this.documents.set(key, made);
    return made;
  }

  /** Also how a document changes its language: it closes and opens again. */
  private forget(uri: vscode.Uri): void {
    const known = this.documents.get(uri.toString());
    if (!known) return;
    known.dispose();
    this.documents.delete(uri.toString());
    this.closed.fire(uri);
  }
}

function keyOf(document: vscode.TextDocument): string {
  return document.uri.toString();
}
