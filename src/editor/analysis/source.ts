/** What is analysed as one text: a document, or the cells of a notebook. */
import type * as vscode from 'vscode';
import { idOf } from './otherSources';
import type { Core } from './analysis';

/** Where a document stands in an analysed text. */
export interface Part {
  readonly document: vscode.TextDocument;
  /** The document's version that was read. */
  readonly version: number;
  readonly start: number;
  readonly end: number;
}

export interface Reading {
  readonly text: string;
  /** In the order of the text. */
  readonly parts: readonly Part[];
}

export interface Source {
  readonly key: string;
  /** For people. */
  readonly path: string;
  /** Of the file, among whose modules it is analysed; null for a text that stands for itself. */
  readonly id: string | null;
  /** Changes with every edit of what `read` gives. */
  readonly state: string;
  read(core: Core): Reading;
}

export class DocumentSource implements Source {
  constructor(private readonly document: vscode.TextDocument) {}

  get key(): string {
    return this.document.uri.toString();
  }

  get path(): string {
    return this.document.uri.path;
  }

  /** Only files have modules around them. */
  get id(): string | null {
    return this.document.isUntitled ? null : idOf(this.document.uri);
  }

  get state(): string {
    return String(this.document.version);
  }

  read(): Reading {
    const { document } = this;
    const text = document.getText();
    return { text, parts: [{ document, version: document.version, start: 0, end: text.length }] };
  }
}
