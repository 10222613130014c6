import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { activated } from './extension';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, { readonly scope?: string }>> };
  };
}

describe('activation', () => {
  it('happens when a Python file is opened', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: 'import torch\n' });
    await vscode.window.showTextDocument(document);
    await activated();
  });

  it('registers every command of the manifest, and no other', async () => {
    const extension = await activated();
    const { commands } = (extension.packageJSON as Manifest).contributes;
    const registered = (await vscode.commands.getCommands(true)).filter((each) => each.startsWith('matmulLens.'));
    assert.deepEqual(registered.sort(), commands.map(({ command }) => command).sort());
    assert(commands.every(({ category }) => category === 'Matmul Lens'));
  });

  it('comes with at most 14 settings, each with a scope and a text', async () => {
    const extension = await activated();
    const { properties } = (extension.packageJSON as Manifest).contributes.configuration;
    assert(Object.keys(properties).length <= 14);
    const texts = JSON.parse(await readFile(path.join(extension.extensionPath, 'package.nls.json'), 'utf8')) as object;
    for (const [name, { scope }] of Object.entries(properties)) {
      assert(scope !== undefined, name);
      assert(`setting.${name.replace('matmulLens.', '')}` in texts, name);
    }
  });
});
