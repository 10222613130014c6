/** Cells of a notebook: each sees those before it, and is edited by itself. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  actionsAt,
  apply,
  diagnosticsOf,
  eventually,
  lensTitles,
  LOOP,
  rangeOfText,
  run,
  setSetting,
} from './documents';
import { Dialogs } from './dialogs';

const IMPORTS = '%matplotlib inline\n!pip install torch\nimport torch';

const LAYER = `from torch import nn

class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 5)

    def forward(self, x):
        return self.fc(x)`;

const MODEL = `class Model(Layer):
    def forward(self, x):
        return self.fc(x)`;

/** LOOP without its import. */
const PAIRWISE = LOOP.slice(LOOP.indexOf('# shape'));

interface Code {
  readonly text: string;
  readonly language?: string;
}

describe('a notebook', () => {
  const dataOf = ({ text, language = 'python' }: Code) =>
    new vscode.NotebookCellData(vscode.NotebookCellKind.Code, text, language);

  async function open(...cells: (string | Code)[]): Promise<vscode.NotebookDocument> {
    const data = new vscode.NotebookData(cells.map((each) => dataOf(typeof each === 'string' ? { text: each } : each)));
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await vscode.window.showNotebookDocument(notebook);
    return notebook;
  }

  async function edit(notebook: vscode.NotebookDocument, ...edits: vscode.NotebookEdit[]): Promise<void> {
    const change = new vscode.WorkspaceEdit();
    change.set(notebook.uri, edits);
    assert(await vscode.workspace.applyEdit(change));
  }

  const textsOf = (notebook: vscode.NotebookDocument) => notebook.getCells().map(({ document }) => document.getText());
  const costs = async (cell: vscode.NotebookCell) =>
    (await allLenses(cell.document)).filter((each) => each.includes('matmul'));

  /** Those without a command, too: cells cannot be raced. */
  async function allLenses(document: vscode.TextDocument): Promise<string[]> {
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      1000,
    );
    return lenses.flatMap(({ command }) => (command ? [command.title] : []));
  }

  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('has costs, hints and suggestions in its cells, and no races', async () => {
    const cell = (await open(LOOP)).cellAt(0).document;
    await eventually(
      () => diagnosticsOf(cell),
      ({ length }) => length === 1,
    );
    const titles = await lensTitles(cell);
    assert.equal(titles.length, 1);
    assert.match(titles[0] ?? '', /^Suggestion: /);
    assert.match((await allLenses(cell)).join(), /^pairwise · 1 matmul · [^,]*,Suggestion: /);
    const actions = (await actionsAt(cell, rangeOfText(cell, 'pairwise'))).map(({ title }) => title);
    assert(actions.includes('Convert pairwise to JAX'), actions.join());
    assert(!actions.includes('Race pairwise'), actions.join());
  });

  it('knows in a cell what those above define, and forgets it with them', async () => {
    const notebook = await open(IMPORTS, LAYER, { text: '<b>x</b>', language: 'html' }, '%%bash\nx = (', MODEL);
    const last = () => notebook.cellAt(notebook.cellCount - 1);
    const told = ([title, second]: string[]) => title?.startsWith('forward · 1 matmul') === true && !second;
    await eventually(() => costs(last()), told);
    assert.deepEqual(await costs(notebook.cellAt(3)), []);

    await edit(notebook, vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(1, 2)));
    await eventually(
      () => costs(last()),
      ({ length }) => length === 0,
    );
    await edit(notebook, vscode.NotebookEdit.insertCells(0, [dataOf({ text: LAYER })]));
    await eventually(() => costs(last()), told);
  });

  it('knows at once what has changed in a cell above', async () => {
    const notebook = await open(IMPORTS, LAYER, MODEL);
    const [, layer, model] = notebook.getCells();
    assert(layer && model);
    await eventually(
      () => costs(model),
      ({ length }) => length === 1,
    );
    const change = new vscode.WorkspaceEdit();
    change.replace(layer.document.uri, rangeOfText(layer.document, 'nn.Linear(3, 5)'), 'nn.ReLU()');
    await vscode.workspace.applyEdit(change);
    await eventually(
      () => costs(model),
      ({ length }) => length === 0,
    );
  });

  it('imports what lies beside its file', async () => {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert(first, 'no folder is open');
    const folder = vscode.Uri.joinPath(first.uri, 'notebooks');
    const write = (name: string, text: string) =>
      vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, name), Buffer.from(text));
    await write('layers.py', LAYER);
    const cells = ['from torch import nn\nfrom layers import Layer', MODEL].map((source) => ({
      ...{ cell_type: 'code', execution_count: null, metadata: {}, outputs: [] },
      source,
    }));
    await write('model.ipynb', JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 2 }));
    try {
      const notebook = await vscode.workspace.openNotebookDocument(vscode.Uri.joinPath(folder, 'model.ipynb'));
      await vscode.window.showNotebookDocument(notebook);
      await eventually(
        () => costs(notebook.cellAt(1)),
        ([title]) => title?.startsWith('forward · 1 matmul') === true,
      );
    } finally {
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      await vscode.workspace.fs.delete(folder, { recursive: true });
    }
  });

  it('has hints at their places, whatever stands above', async () => {
    const notebook = await open(IMPORTS, PAIRWISE);
    const [imports, pairwise] = notebook.getCells().map(({ document }) => document);
    assert(imports && pairwise);
    const [hint] = await eventually(
      () => diagnosticsOf(pairwise),
      ({ length }) => length === 1,
    );
    assert.equal(hint?.range.start.line, rangeOfText(pairwise, 'for i').start.line);
    assert.deepEqual(diagnosticsOf(imports), []);

    const change = new vscode.WorkspaceEdit();
    change.insert(imports.uri, new vscode.Position(0, 0), 'text = """\n!ls\n"""\n');
    await vscode.workspace.applyEdit(change);
    const [after] = await eventually(
      () => diagnosticsOf(pairwise),
      ({ length }) => length === 1,
    );
    assert.deepEqual(after?.range, hint.range);
  });

  it('is fixed in one cell, and in that one alone', async () => {
    const notebook = await open(IMPORTS, PAIRWISE, PAIRWISE.replace('pairwise', 'again'));
    const before = textsOf(notebook);
    const cell = notebook.cellAt(1).document;
    const [hint] = await eventually(
      () => diagnosticsOf(cell),
      ({ length }) => length === 1,
    );
    assert(hint);
    const actions = await actionsAt(cell, hint.range, vscode.CodeActionKind.QuickFix);
    const fix = actions.find(({ title }) => title === 'Replace the loop by torch.bmm(a, b)');
    assert(fix, actions.map(({ title }) => title).join());
    await apply(fix);
    assert(cell.getText().includes('torch.bmm(a, b)'), cell.getText());
    assert.deepEqual([before[0], before[2]], [textsOf(notebook)[0], textsOf(notebook)[2]]);
    await eventually(
      () => diagnosticsOf(cell),
      ({ length }) => length === 0,
    );
    assert.equal(diagnosticsOf(notebook.cellAt(2).document).length, 1);
  });

  it('tells in a hover and in inlay hints what comes of variables of other cells', async () => {
    await setSetting('inlayHints.enable', true);
    try {
      const notebook = await open('import torch\nx = torch.randn(7, 3)', 'y = x @ torch.randn(3, 2)');
      const cell = notebook.cellAt(1).document;
      const hover = async () => {
        const at = rangeOfText(cell, '@').start;
        const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          cell.uri,
          at,
        );
        return hovers.flatMap(({ contents }) => contents.map((each) => (typeof each === 'string' ? each : each.value)));
      };
      await eventually(hover, (texts) => texts.some((each) => each.includes('(7, 2)')));
      const whole = new vscode.Range(0, 0, 1, 0);
      const hints = await eventually(
        () => vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', cell.uri, whole),
        ({ length }) => length > 0,
      );
      assert.deepEqual(
        hints.map(({ label, position }) => [label, position.character]),
        [['→ (7, 2)', cell.getText().length]],
      );
    } finally {
      await setSetting('inlayHints.enable', undefined);
    }
  });

  it('converts a function with what other cells give it', async () => {
    const notebook = await open(IMPORTS, 'def twice(x):\n    return x * 2', 'def f(x, w):\n    return twice(x @ w)');
    const cell = notebook.cellAt(2).document;
    await eventually(
      () => costs(notebook.cellAt(2)),
      ({ length }) => length === 1,
    );
    const convert = (await actionsAt(cell, rangeOfText(cell, 'f'))).find(({ title }) => title === 'Convert f to JAX');
    assert(convert?.command);
    await run(convert.command);
    const preview = vscode.workspace.textDocuments.find(({ uri }) => uri.path === '/previews/f/JAX.py');
    assert.match(preview?.getText() ?? '', /def twice/);
    assert(preview);
    await vscode.commands.executeCommand('matmulLens.insertConversion', preview.uri);
    await eventually(
      () => cell.getText(),
      (text) => /^def f\(x, w\):[^]*def twice/.test(text),
    );
    assert.equal(textsOf(notebook)[1], 'def twice(x):\n    return x * 2');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('shows a suggestion where it stands', async () => {
    const notebook = await open(IMPORTS, PAIRWISE);
    const cell = notebook.cellAt(1).document;
    await eventually(
      () => lensTitles(cell),
      ({ length }) => length === 1,
    );
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      cell.uri,
      9,
    );
    const suggestion = lenses.find(({ command }) => command?.title.startsWith('Suggestion'))?.command;
    assert(suggestion);
    await run(suggestion);
    assert.equal(vscode.window.activeNotebookEditor?.notebook.uri.toString(), notebook.uri.toString());
    assert.equal(vscode.window.activeTextEditor?.document, cell);
    assert.equal(vscode.window.activeTextEditor.selection.active.line, rangeOfText(cell, 'for i').start.line);
    await vscode.commands.executeCommand('hideCodeActionWidget');
  });

  it('says why a cell cannot be raced, to who asks all the same', async () => {
    const cell = (await open(LOOP)).cellAt(0).document;
    const dialogs = new Dialogs();
    try {
      await vscode.commands.executeCommand('matmulLens.benchmark', cell.uri, 'pairwise');
      assert.equal(dialogs.said.length, 1);
      assert.match(dialogs.said[0]?.text ?? '', /^Cells of a notebook cannot be raced yet/);
    } finally {
      dialogs.restore();
    }
  });
});
