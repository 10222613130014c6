/** The grammar's bytes, read from the extension's own folder through VS Code: also there where no files are. */
import * as vscode from 'vscode';
import type { GrammarBytes } from '../../core';

export async function readGrammar(extension: vscode.Uri): Promise<GrammarBytes> {
  const read = (name: string) => vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, 'dist', name));
  const [runtime, python] = await Promise.all([read('web-tree-sitter.wasm'), read('tree-sitter-python.wasm')]);
  return { runtime, python };
}
