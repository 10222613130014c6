import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { actionsAt, diagnosticsOf, eventually, lensTitles, LOOP, rangeOfText } from './documents';
import { Dialogs } from './dialogs';

describe('a notebook', () => {
  async function openCell(): Promise<vscode.TextDocument> {
    const data = new vscode.NotebookData([new vscode.NotebookCellData(vscode.NotebookCellKind.Code, LOOP, 'python')]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await vscode.window.showNotebookDocument(notebook);
    return notebook.cellAt(0).document;
  }
  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  it('has hints and suggestions in its cells, and no races', async () => {
    const cell = await openCell();
    await eventually(
      () => diagnosticsOf(cell),
      ({ length }) => length === 1,
    );
    const titles = await lensTitles(cell);
    assert.equal(titles.length, 1);
    assert.match(titles[0] ?? '', /^Suggestion: /);
    const actions = (await actionsAt(cell, rangeOfText(cell, 'pairwise'))).map(({ title }) => title);
    assert(actions.includes('Convert pairwise to JAX'), actions.join());
    assert(!actions.includes('Race pairwise'), actions.join());
  });

  it('says why a cell cannot be raced, to who asks all the same', async () => {
    const cell = await openCell();
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
