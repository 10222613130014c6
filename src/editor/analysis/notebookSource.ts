/** The Python cells of a notebook, in their order. */
import * as vscode from 'vscode';
import { isOurs } from '../languages';
import type { Core } from './analysis';
import { idOf } from './otherSources';
import type { Part, Reading, Source } from './source';

export class NotebookSource implements Source {
  constructor(private readonly notebook: vscode.NotebookDocument) {}

  /** Not the address of any document: that of its cells tells them apart. */
  get key(): string {
    return keyOfNotebook(this.notebook);
  }

  get path(): string {
    return this.notebook.uri.path;
  }

  /** Cells import what lies beside their notebook. */
  get id(): string | null {
    return this.notebook.isUntitled ? null : idOf(this.notebook.uri);
  }

  get state(): string {
    return this.documents.map(({ uri, version }) => `${uri.fragment} ${version}`).join('\n');
  }

  read(core: Core): Reading {
    const { documents } = this;
    const { text, cells } = core.joinCells(documents.map((each) => each.getText()));
    const parts = documents.flatMap((document, at): Part[] => {
      const cell = cells[at];
      return cell ? [{ document, version: document.version, ...cell }] : [];
    });
    return { text, parts };
  }

  private get documents(): readonly vscode.TextDocument[] {
    return this.notebook
      .getCells()
      .filter((each) => each.kind === vscode.NotebookCellKind.Code && isOurs(each.document))
      .map((each) => each.document);
  }
}

export function keyOfNotebook({ uri }: vscode.NotebookDocument): string {
  return `notebook ${uri.toString()}`;
}

/** The notebook that a document is a cell of; null for other documents, and while the notebook is being opened. */
export function notebookOf(document: vscode.TextDocument): vscode.NotebookDocument | null {
  const isIts = (each: vscode.NotebookDocument): boolean =>
    each.getCells().some((cell) => cell.document.uri.toString() === document.uri.toString());
  return vscode.workspace.notebookDocuments.find(isIts) ?? null;
}
