/** Read-only documents of ours: previews of conversions and fixes, and the sources of raced variants. */
import * as vscode from 'vscode';

export const SCHEME = 'matmul-lens';

/** First part of a document's path: what it is. */
export const SOURCES = 'sources';
export const PREVIEWS = 'previews';

/** A preview that is older than so many others is gone when its tab is opened again. */
const MOST = 100;

export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly registration: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);
  }

  /** Makes a document, or gives an open one another text. */
  put(kind: typeof SOURCES | typeof PREVIEWS, name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${kind}/${name}` });
    const key = uri.toString();
    this.texts.delete(key);
    this.texts.set(key, text);
    for (const oldest of this.texts.keys()) {
      if (this.texts.size <= MOST) break;
      this.texts.delete(oldest);
    }
    this.changed.fire(uri);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '# This preview is no longer kept. Ask for it again.\n';
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}
