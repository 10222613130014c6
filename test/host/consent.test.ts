import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { openExample } from './documents';
import { Dialogs } from './dialogs';

describe('the consent', () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  // Shown as they are, the name would end in `py.txt`, and its second line would look like ours.
  const file = path.join(folder, 'a\u202etxt.\nIt is safe.py');
  afterEach(() => rm(file, { force: true }));

  it('says what runs, and shows what hides in a name', async () => {
    await writeFile(file, 'import torch\n\n\n# shape: a=f32[8, 8], b=f32[8, 8]\ndef f(a, b):\n    return a @ b\n');
    const document = await vscode.workspace.openTextDocument(file);
    const dialogs = new Dialogs();
    try {
      await vscode.commands.executeCommand('matmulLens.benchmark', document.uri, 'f');
      const [said] = dialogs.said;
      assert(said?.modal, said?.text);
      assert.equal(said.text, 'Run f of a\\u202etxt.\\u000aIt is safe.py?');
      assert(said.detail.includes('a\\u202etxt.\\u000aIt is safe.py'), said.detail);
      assert.doesNotMatch(said.detail, /\u202e|^It is safe/m);
      assert(
        said.detail.startsWith(
          "The file's imports, definitions (with their decorators, default values and class bodies) and constant " +
            'assignments run; no other statement of the file does.',
        ),
        said.detail,
      );
    } finally {
      dialogs.restore();
    }
  });

  it('to a JAX environment is asked once, by whoever comes first', async () => {
    await openExample('mlp.py');
    const dialogs = new Dialogs();
    try {
      await Promise.all([1, 2].map(() => vscode.commands.executeCommand('matmulLens.createJaxEnvironment')));
      assert.deepEqual(dialogs.said.map(({ text }) => text).sort(), [
        'Create a Python environment with JAX?',
        'The JAX environment is being created already.',
      ]);
      // It was refused, which is no reason not to ask again.
      await vscode.commands.executeCommand('matmulLens.createJaxEnvironment');
      assert.equal(dialogs.said.at(-1)?.text, 'Create a Python environment with JAX?');
    } finally {
      dialogs.restore();
    }
  });
});
