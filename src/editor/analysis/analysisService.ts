/** The analyses of all open Python documents, cells of notebooks included. Never throws into the host. */
import * as vscode from 'vscode';
import type { FileAnalysis } from '../../core';
import { isCell, isOurs } from '../languages';
import type { Log } from '../log';
import type { AnalysisEngine } from './engine';
import { keyOfNotebook, notebookOf, NotebookSource } from './notebookSource';
import { idOf } from './otherSources';
import type { ProjectRules } from './projectRules';
import type { Snapshot } from './snapshot';
import { DocumentSource } from './source';
import { SourceAnalysis } from './sourceAnalysis';

/** A branch that is checked out changes many files at once. */
const FILES_SETTLE_MS = 500;

export class AnalysisService implements vscode.Disposable {
  private readonly sources = new Map<string, SourceAnalysis>();
  /** By the document; the cells of one notebook have one in common. */
  private readonly documents = new Map<string, SourceAnalysis>();
  private readonly analyzed = new vscode.EventEmitter<readonly vscode.TextDocument[]>();
  private readonly closed = new vscode.EventEmitter<vscode.Uri>();
  private readonly subscriptions: readonly vscode.Disposable[];
  private settling: ReturnType<typeof setTimeout> | null = null;

  /** Documents have new snapshots, or none any more. */
  readonly onDidAnalyze = this.analyzed.event;
  /** A document was closed, or is no Python any more. */
  readonly onDidForget = this.closed.event;

  constructor(
    private readonly engine: AnalysisEngine,
    projects: ProjectRules,
    private readonly log: Log,
  ) {
    this.subscriptions = [
      projects.onDidChange(() => {
        this.refresh();
      }),
      vscode.workspace.onDidOpenTextDocument((document) => this.opened(document)),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.forget(document.uri);
      }),
      ...this.watchFiles(),
      vscode.workspace.onDidChangeTextDocument((change) => this.documents.get(keyOf(change.document))?.edited(change)),
      vscode.workspace.onDidOpenNotebookDocument((notebook) => {
        for (const cell of notebook.getCells()) this.opened(cell.document);
      }),
      // Cells were put in, taken away or moved; what they print changes nothing.
      vscode.workspace.onDidChangeNotebookDocument(({ notebook, contentChanges }) => {
        if (contentChanges.length > 0) this.sources.get(keyOfNotebook(notebook))?.touched();
      }),
      vscode.workspace.onDidCloseNotebookDocument((notebook) => {
        this.drop(keyOfNotebook(notebook));
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.opened(document);
  }

  /** The newest snapshot, perhaps of an earlier version; null before the first. */
  latest(document: vscode.TextDocument): Snapshot | null {
    return this.documents.get(keyOf(document))?.latest(document) ?? null;
  }

  /** The snapshot of the present version; null where it was edited meanwhile, or cannot be analysed. */
  async upToDate(document: vscode.TextDocument): Promise<Snapshot | null> {
    return (await this.track(document)?.upToDate(document)) ?? null;
  }

  /** Analyses texts that are no documents. */
  analyzeTexts(): Promise<(text: string) => FileAnalysis | null> {
    return this.engine.analyzeTexts();
  }

  /** Where in the document an offset of its newest snapshot is now. */
  positionNow(document: vscode.TextDocument, offset: number): vscode.Position {
    return document.positionAt(this.documents.get(keyOf(document))?.offsetNow(document, offset) ?? offset);
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    for (const each of this.sources.values()) each.dispose();
    this.sources.clear();
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
          this.refresh();
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

  private refresh(): void {
    for (const each of this.sources.values()) void each.refresh();
  }

  private opened(document: vscode.TextDocument): void {
    void this.track(document)?.upToDate(document);
  }

  private track(document: vscode.TextDocument): SourceAnalysis | null {
    if (!isOurs(document) || document.isClosed) return null;
    const known = this.documents.get(keyOf(document));
    if (known) return known;
    const notebook = isCell(document.uri) ? notebookOf(document) : null;
    if (isCell(document.uri) && !notebook) return null;
    const source = notebook ? new NotebookSource(notebook) : new DocumentSource(document);
    const analysis =
      this.sources.get(source.key) ??
      new SourceAnalysis(source, this.engine, this.log, (documents) => {
        this.analyzed.fire(documents);
      });
    this.sources.set(source.key, analysis);
    this.documents.set(keyOf(document), analysis);
    return analysis;
  }

  /** Also how a document changes its language: it closes and opens again. */
  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    const known = this.documents.get(key);
    if (!known) return;
    this.documents.delete(key);
    if (isCell(uri)) known.touched();
    else this.drop(key);
    this.closed.fire(uri);
  }

  private drop(key: string): void {
    this.sources.get(key)?.dispose();
    this.sources.delete(key);
  }
}

function keyOf(document: vscode.TextDocument): string {
  return document.uri.toString();
}
