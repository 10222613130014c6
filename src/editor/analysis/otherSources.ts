/** The files that documents import, read through VS Code: in every host, on every file system. Nothing is run. */
import * as vscode from 'vscode';
import type { FolderReader } from '../../core';
import { loadCore } from './analysis';
import type { Core } from './analysis';

/** Longer files are generated data. */
const LONGEST_BYTES = 4 * 1024 * 1024;

/** How core names a file: a URI whose path is not encoded, so that names of modules can be put to it. */
export function idOf({ scheme, authority, path }: vscode.Uri): string {
  return `${scheme}://${authority}${path}`;
}

/** The file that core names so. */
export function uriOf(id: string): vscode.Uri {
  const [, scheme = 'file', authority = '', path = '/'] = /^([^:]*):\/\/([^/]*)(.*)$/s.exec(id) ?? [];
  return vscode.Uri.from({ scheme, authority, path });
}

/** What the editor shows of a file counts before what the disk holds. */
export const WORKSPACE_FILES: FolderReader = {
  async isFile(id) {
    try {
      return ((await vscode.workspace.fs.stat(uriOf(id))).type & vscode.FileType.File) !== 0;
    } catch {
      return false;
    }
  },
  async read(id) {
    const uri = uriOf(id);
    const open = vscode.workspace.textDocuments.find((each) => each.uri.toString() === uri.toString());
    if (open) return open.getText();
    try {
      const bytes = await vscode.workspace.fs.readFile(uri);
      return bytes.length > LONGEST_BYTES ? null : (await loadCore()).decodeSource(bytes, TextDecoder);
    } catch {
      return null;
    }
  },
  async list(folder) {
    try {
      return (await vscode.workspace.fs.readDirectory(uriOf(folder))).map(([name]) => name);
    } catch {
      return [];
    }
  },
};

/** Where modules are looked for beside a file's own package: the workspace's folders, and their virtual environments. */
export async function searchedFolders({ sitePackages }: Core): Promise<readonly string[]> {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((each) => idOf(each.uri));
  const installed = await Promise.all(
    folders.flatMap((folder) =>
      ['.venv', 'venv'].map((environment) => sitePackages(WORKSPACE_FILES, `${folder}/${environment}`)),
    ),
  );
  return [...folders.flatMap((each) => [each, `${each}/src`]), ...installed.flat()];
}
