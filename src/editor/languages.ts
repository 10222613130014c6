/** Which documents are ours: Python text that a person can edit, notebook cells included. */
import type * as vscode from 'vscode';

/** Not here: `git` and other providers of old versions, output, and our own previews. */
const SCHEMES: readonly string[] = ['file', 'untitled', 'vscode-notebook-cell', 'vscode-vfs', 'vscode-remote'];

export const PYTHON: readonly vscode.DocumentFilter[] = SCHEMES.map((scheme) => ({ language: 'python', scheme }));

export function isOurs(document: vscode.TextDocument): boolean {
  return document.languageId === 'python' && SCHEMES.includes(document.uri.scheme);
}
