/** What a document imports is read through VS Code, and read again when it changes. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, lensTitles } from './documents';

const LAYERS = `from torch import nn


class Projection(nn.Linear):
    pass
`;

const MODEL = `from torch import nn

from .layers import Projection


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = Projection(64, 64)

    def forward(self, x):
        return self.proj(x)
`;

describe('files that a document imports', () => {
  const folder = () => {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert(first, 'no folder is open');
    return vscode.Uri.joinPath(first.uri, 'network');
  };
  const write = (name: string, text: string) =>
    vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), name), Buffer.from(text));

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(folder(), { recursive: true });
  });

  it('are followed, and read again when they change', async () => {
    await write('__init__.py', '');
    await write('layers.py', LAYERS);
    await write('model.py', MODEL);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), 'model.py'));
    await vscode.window.showTextDocument(document);
    const ofForward = async () => (await lensTitles(document)).filter((each) => each.includes('forward'));
    await eventually(ofForward, ([title]) => title?.startsWith('▶ Benchmark forward · 1 matmul') === true);

    await write('layers.py', LAYERS.replace('nn.Linear', 'nn.Identity'));
    await eventually(ofForward, ({ length }) => length === 0);

    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder(), 'layers.py'));
    await write('layers.py', LAYERS);
    await eventually(ofForward, ({ length }) => length === 1);
  });

  it('are read in the encoding that they declare', async () => {
    await vscode.workspace.fs.writeFile(
      vscode.Uri.joinPath(folder(), 'couches.py'),
      Buffer.from(`# coding: latin-1\n${LAYERS.replace('Projection', 'Projetée')}`, 'latin1'),
    );
    await write('modele.py', MODEL.replace('.layers', '.couches').replaceAll('Projection', 'Projetée'));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), 'modele.py'));
    await vscode.window.showTextDocument(document);
    await eventually(
      () => lensTitles(document),
      (titles) => titles.some((each) => each.startsWith('▶ Benchmark forward · 1 matmul')),
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });
});
