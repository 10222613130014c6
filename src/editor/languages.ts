/** Which documents are ours: Python text that a person can edit, notebook cells included. */
import type * as vscode from 'vscode';

/** Not here: `git` and other providers of old versions, output, and our own previews. */
const SCHEMES: readonly string[] = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs', 'vscode-remote'];

export const PYTHON: readonly vscode.DocumentFilter[] = SCHEMES.map((scheme) => ({ language: 'python', scheme }));

/**
 * Cells of a notebook are analysed together, and cannot be raced: all of them would have to be run, whatever they do.
 * The address of a cell is another one after each reload.
 */
export function isCell(uri: vscode.Uri): boolean {
  return uri.scheme === 'vscode-notebook-cell';
}

export function isOurs(document: vscode.TextDocument): boolean {
  return document.languageId === 'python' && SCHEMES.includes(document.uri.scheme);
}
