/** The folders from which a file's own imports are resolved, as when it is run inside its project. */
import * as vscode from 'vscode';

const DEEPEST = 32;

/** The folder above the file's outermost package, its workspace folder, and that folder's `src`; each once. */
export async function importRoots(file: vscode.Uri): Promise<readonly string[]> {
  if (file.scheme !== 'file') return [];
  let folder = vscode.Uri.joinPath(file, '..');
  for (let depth = 0; depth < DEEPEST && (await exists(folder, '__init__.py')); depth++) {
    folder = vscode.Uri.joinPath(folder, '..');
  }
  const roots = [folder.fsPath];
  const workspace = vscode.workspace.getWorkspaceFolder(file);
  if (workspace) {
    roots.push(workspace.uri.fsPath);
    if (await exists(workspace.uri, 'src')) roots.push(vscode.Uri.joinPath(workspace.uri, 'src').fsPath);
  }
  return [...new Set(roots)];
}

async function exists(folder: vscode.Uri, name: string): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, name));
    return true;
  } catch {
    return false;
  }
}
