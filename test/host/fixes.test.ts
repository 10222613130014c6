/** Every safe fix at once, what the project and the reader say of the rules, and fixes that come too late. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { EditAction } from '../../src/editor/actions/editAction';
import { Dialogs } from './dialogs';
import {
  actionsAt,
  apply,
  codeOf,
  diagnosticsOf,
  eventually,
  LOOP,
  openText,
  rangeOfText,
  setSetting,
} from './documents';

const FIX_ALL = vscode.CodeActionKind.SourceFixAll.append('matmulLens');

const CHAIN = `
# shape: m=f32[64, 64], v=f32[64]
def chain(m, v):
    return m @ m @ v
`;

const MAPPED = `
# shape: p=f32[8, 16, 16], q=f32[8, 16, 16]
def mapped(p, q):
    return torch.stack([p[i] @ q[i] for i in range(8)])
`;

/** Two safe fixes, and one on a condition. */
const SEVERAL = LOOP + MAPPED + CHAIN;

const fixed = (text: string) =>
  ['torch.bmm(a, b)', 'torch.bmm(p, q)', 'm @ m @ v'].every((each) => text.includes(each));
const START = new vscode.Position(0, 0);

describe('all fixes', () => {
  const files: vscode.Uri[] = [];

  async function write(name: string, text: string): Promise<vscode.Uri> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert(folder, 'no folder is open');
    const uri = vscode.Uri.joinPath(folder.uri, name);
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    files.push(uri);
    return uri;
  }

  async function show(uri: vscode.Uri): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    return document;
  }

  const codes = (document: vscode.TextDocument) => diagnosticsOf(document).map(codeOf).sort().join();

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    for (const each of files.splice(0)) await vscode.workspace.fs.delete(each);
    await setSetting('rules.severity', undefined);
  });

  it('are applied together to a text that was never saved, and undone together', async () => {
    const document = await openText(SEVERAL);
    const [action, ...others] = await eventually(
      () => actionsAt(document, START, FIX_ALL),
      ({ length }) => length > 0,
    );
    assert(action);
    assert.deepEqual(others, []);
    assert.equal(action.title, 'Apply all safe fixes of Matmul Lens');
    await apply(action);
    assert(fixed(document.getText()), document.getText());
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), SEVERAL);
  });

  it('are offered only where they are asked for', async () => {
    const document = await openText(LOOP);
    const all = await eventually(
      () => actionsAt(document, rangeOfText(document, 'for i')),
      ({ length }) => length > 0,
    );
    assert(!all.some(({ kind }) => kind?.value === FIX_ALL.value));
  });

  it('leave advice without an edit to be read: its action says it and opens the page of its rule', async () => {
    const document = await openText(`import torch
from torch import nn


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(16, 16)
        self.k = nn.Linear(16, 16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q = self.q(x)
        k = self.k(x)
        return q + k
`);
    const all = await eventually(
      () => actionsAt(document, rangeOfText(document, 'self.q(x)')),
      (found) => found.some(({ title }) => title.startsWith('MM103: ')),
    );
    const advice = all.find(({ title }) => title.startsWith('MM103: '));
    assert(advice && advice.title.length <= 96, advice?.title);
    assert.equal(advice.edit, undefined);
    const [page] = (advice.command?.arguments ?? []) as readonly vscode.Uri[];
    assert(page);
    const text = Buffer.from(await vscode.workspace.fs.readFile(page)).toString();
    assert.match(text, /^# MM103: linears-on-one-input$/m);
  });

  it('are applied when a file is saved, and keep its line endings and tabs', async () => {
    const text = SEVERAL.replaceAll('    ', '\t').replaceAll('\n', '\r\n');
    const document = await show(await write('saved.py', text));
    const settings = vscode.workspace.getConfiguration('editor');
    const { Workspace } = vscode.ConfigurationTarget;
    await settings.update('codeActionsOnSave', { 'source.fixAll.matmulLens': 'explicit' }, Workspace);
    try {
      await eventually(
        () => codes(document),
        (found) => found === 'MM101,MM101,MM301',
      );
      const edit = new vscode.WorkspaceEdit();
      edit.insert(document.uri, document.positionAt(text.length), '# saved\r\n');
      await vscode.workspace.applyEdit(edit);
      await vscode.commands.executeCommand('workbench.action.files.save');
      const saved = await eventually(
        async () => Buffer.from(await vscode.workspace.fs.readFile(document.uri)).toString(),
        fixed,
      );
      assert(!/[^\r]\n/.test(saved), JSON.stringify(saved));
      assert.match(saved, /\n\treturn torch\.bmm/);
    } finally {
      await settings.update('codeActionsOnSave', undefined, Workspace);
    }
  });

  it('are applied to a cell', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, '%pylab\nimport torch', 'python'),
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, SEVERAL, 'python'),
    ]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await vscode.window.showNotebookDocument(notebook);
    const { document } = notebook.cellAt(1);
    const [action] = await eventually(
      () => actionsAt(document, START, FIX_ALL),
      ({ length }) => length > 0,
    );
    assert(action);
    await apply(action);
    assert(fixed(document.getText()), document.getText());
  });

  it('are refused where the text has changed since', async () => {
    const document = await openText('x = 1\n');
    const part = { document, version: document.version, start: 0, end: 6 };
    const nothing = { text: 'x = 1\n', parts: [part], part, analysis: null, findings: [], subjects: [] };
    const action = new EditAction('x', FIX_ALL, { ...nothing, projectRules: null }, [
      { start: 0, end: 1, newText: 'y' },
    ]);
    action.resolve();
    assert(action.edit);
    delete action.edit;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, START, '# ');
    await vscode.workspace.applyEdit(edit);
    const dialogs = new Dialogs();
    try {
      action.resolve();
      assert.equal(action.edit, undefined);
      assert.match(dialogs.said[0]?.text ?? '', /has changed since it was analysed: nothing was edited/);
    } finally {
      dialogs.restore();
    }
  });

  it('are those of the rules that the project and the reader want to hear', async () => {
    const project = await write('pyproject.toml', '[tool.matmul-lens]\nignore = ["MM301"]\n');
    const document = await show(await write('rules.py', LOOP + CHAIN));
    await eventually(
      () => codes(document),
      (found) => found === 'MM101',
    );
    await vscode.workspace.fs.writeFile(project, Buffer.from('[tool.matmul-lens.severity]\nMM101 = "information"\n'));
    const severities = () => diagnosticsOf(document).map((each) => each.severity);
    const { Hint, Information, Error } = vscode.DiagnosticSeverity;
    // While the file is written, it may be seen empty.
    await eventually(
      () => [codes(document), ...severities().sort()].join(),
      (found) => found === ['MM101,MM301', Information, Hint].join(),
    );
    await setSetting('rules.severity', { MM101: 'off', MM301: 'error' });
    await eventually(
      () => codes(document),
      (found) => found === 'MM301',
    );
    assert.deepEqual(severities(), [Error]);
    await vscode.workspace.fs.writeFile(project, Buffer.from('[tool.matmul-lens]\nignored = ["MM301"]\n'));
    const [problem] = await eventually(
      () => diagnosticsOf({ uri: project } as vscode.TextDocument),
      ({ length }) => length === 1,
    );
    assert.match(problem?.message ?? '', /has no key ignored \(did you mean ignore\?\)/);
    assert.equal(problem?.range.start.line, 1);
  });
});
