/** The hover says where sizes were learned, and its links lead there. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { hoverAt, openExample, rangeOfText } from './documents';

const LAYERS = `from torch import nn

WIDTH = 96


class Head(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        self.fc = nn.Linear(WIDTH, classes)

    def forward(self, x):
        return self.fc(x)
`;

const MODEL = `from torch import nn

from .layers import Head


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = Head()

    def forward(self, x):
        # A line that holds é and 🙂 before it.
        return self.head.fc(x)
`;

/** The line that a link in a hover leads to, as VS Code opens it. */
async function linked(hover: string, link: RegExp): Promise<string> {
  const address = link.exec(hover)?.[1];
  assert(address, `${String(link)} is not in ${hover}`);
  const uri = vscode.Uri.parse(address, true);
  const line = /^L(\d+)$/.exec(uri.fragment)?.[1];
  assert(line, `${address} leads to no line`);
  const document = await vscode.workspace.openTextDocument(uri.with({ fragment: '' }));
  return document.lineAt(Number(line) - 1).text.trim();
}

describe('hover on a product', () => {
  const folder = () => {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert(first, 'no folder is open');
    return vscode.Uri.joinPath(first.uri, 'a model of parts');
  };
  const write = (name: string, text: string) =>
    vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder(), name), Buffer.from(text));

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(folder(), { recursive: true });
  });

  it('links the lines of the same file that say its sizes', async () => {
    const document = await openExample('mlp.py');
    const hover = await hoverAt(document, rangeOfText(document, 'self.up(x)').start.translate(0, 6));
    assert.match(hover, /Learned from/);
    assert.match(await linked(hover, /- `hidden`: \[line \d+\]\(([^)]+)\)/), /^def __init__\(.*hidden/);
    assert.match(await linked(hover, /- weight: \[line \d+\]\(([^)]+)\)/), /^self\.up = nn\.Linear/);
  });

  it('links lines of other files', async () => {
    await write('__init__.py', '');
    await write('layers.py', LAYERS);
    await write('model.py', MODEL);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), 'model.py'));
    await vscode.window.showTextDocument(document);
    const hover = await hoverAt(document, rangeOfText(document, 'self.head.fc(x)').start.translate(0, 11));
    assert.equal(await linked(hover, /- `96`: \[layers\\\.py, line 3\]\(([^)]+)\)/), 'WIDTH = 96');
    assert.equal(await linked(hover, /- `10`: \[layers\\\.py, line 7\]\(([^)]+)\)/), 'def __init__(self, classes=10):');
  });
});
