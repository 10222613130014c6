import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { actionsAt, apply, eventually, openExample, openText, rangeOfText } from './documents';
import { Dialogs } from './dialogs';

const KIND = vscode.CodeActionKind.RefactorRewrite.append('jax');

/** The right-hand side of the comparison in front. */
function shownComparison(): vscode.TabInputTextDiff | null {
  const inputs = vscode.window.tabGroups.all.map(({ activeTab }) => activeTab?.input);
  return inputs.find((each) => each instanceof vscode.TabInputTextDiff) ?? null;
}

describe('Convert to JAX', () => {
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('is a refactoring that shows a comparison and changes nothing', async () => {
    const document = await openExample('mlp.py');
    const before = document.getText();
    const [action] = await actionsAt(document, rangeOfText(document, 'def forward').start, KIND);
    assert.equal(action?.title, 'Convert MLP to JAX');
    await apply(action);
    const shown = await eventually(shownComparison, (input) => input !== null);
    assert(shown);
    const [left, right] = await Promise.all(
      [shown.original, shown.modified].map((uri) => vscode.workspace.openTextDocument(uri)),
    );
    assert.match(left?.getText() ?? '', /class MLP\(nn\.Module\)/);
    const source = right?.getText() ?? '';
    assert.match(source, /^import jax/m);
    assert.match(source, /def params_from_torch\(/);
    assert.match(source, /def model\(params, x/);
    assert.equal(document.getText(), before);
  });

  it('is offered once where the cursor is on the name', async () => {
    const document = await openExample('loops.py');
    const actions = await actionsAt(document, rangeOfText(document, 'pairwise'));
    const conversions = actions.filter(({ title }) => title === 'Convert pairwise to JAX');
    assert.deepEqual(
      conversions.map(({ command }) => command?.command),
      ['matmulLens.convertToJax'],
    );
  });

  it('puts the conversion below, in a new file, or on the clipboard', async () => {
    const document = await openExample('products.py');
    const before = document.getText();
    await vscode.commands.executeCommand('matmulLens.convertToJax', document.uri, 'product');
    const shown = await eventually(shownComparison, (input) => input !== null);
    assert(shown);
    const source = (await vscode.workspace.openTextDocument(shown.modified)).getText();

    await vscode.commands.executeCommand('matmulLens.copyConversion', shown.modified);
    assert.equal(await vscode.env.clipboard.readText(), source);

    await vscode.commands.executeCommand('matmulLens.saveConversion', shown.modified);
    const active = vscode.window.activeTextEditor?.document;
    assert.equal(active?.languageId, 'python');
    assert.equal(active.getText(), source);

    await vscode.commands.executeCommand('matmulLens.insertConversion', shown.modified);
    assert(document.getText().includes(source.trimEnd()));
    const definition = 'def product(a: torch.Tensor, b: torch.Tensor)';
    assert(document.getText().indexOf(source.trimEnd()) > document.getText().indexOf(definition));
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), before);
  });

  it('says that a conversion is gone that a preview of an earlier window showed', async () => {
    const lost = vscode.Uri.from({ scheme: 'matmul-lens', path: '/previews/lost/JAX.py' });
    for (const command of ['insertConversion', 'saveConversion', 'copyConversion']) {
      const dialogs = new Dialogs();
      try {
        await vscode.commands.executeCommand(`matmulLens.${command}`, lost);
        assert.match(dialogs.said[0]?.text ?? '', /no longer kept/);
      } finally {
        dialogs.restore();
      }
    }
  });

  it('refuses what it cannot translate, with the line', async () => {
    const document = await openText(
      'import torch\n\n\ndef f(x, w):\n    print(x)\n    return torch.nonzero(x @ w, as_tuple=True)\n',
    );
    const dialogs = new Dialogs();
    try {
      await vscode.commands.executeCommand('matmulLens.convertToJax', document.uri, 'f');
      const [said] = dialogs.said;
      assert.match(said?.text ?? '', /^f cannot be converted to JAX: .+ \(line [56]\)\./);
      assert.deepEqual(said?.buttons, ['Show Line']);
    } finally {
      dialogs.restore();
    }
  });
});
