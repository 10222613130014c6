import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  actionsAt,
  apply,
  codeOf,
  diagnosticsOf,
  eventually,
  LOOP,
  openExample,
  openText,
  rangeOfText,
} from './documents';

describe('hints', () => {
  it('mark what a rule found, with a code that leads to its page', async () => {
    const document = await openExample('loops.py');
    const found = await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length > 0,
    );
    assert.deepEqual([...new Set(found.map(codeOf))].sort(), ['MM101', 'MM102']);
    for (const each of found) {
      assert.equal(each.severity, vscode.DiagnosticSeverity.Hint);
      assert(typeof each.code === 'object');
      const page = each.code.target;
      assert.match(page.path, new RegExp(`/docs/rules/${codeOf(each)}\\.md$`));
      assert.match(Buffer.from(await vscode.workspace.fs.readFile(page)).toString(), new RegExp(codeOf(each)));
    }
  });

  it('are never drawn for what only the lightbulb offers', async () => {
    const document = await openExample('attention.py');
    const actions = await actionsAt(document, rangeOfText(document, 'x @ w').start);
    assert(actions.length > 0);
    assert.deepEqual(diagnosticsOf(document), []);
  });

  it('say what is wrong with a `# shape:` comment, where it stands', async () => {
    const document = await openText('import torch\n\n\ndef f(g, w):\n    x = g()  # shape: (4, 5\n    return x @ w\n');
    const [found, more] = await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length > 0,
    );
    assert(found && !more);
    assert.equal(found.message, '`(` is not closed');
    assert.equal(document.getText(found.range), '# shape: (4, 5');
    assert.equal(found.severity, vscode.DiagnosticSeverity.Information);
    assert(typeof found.code === 'object');
    assert.match(Buffer.from(await vscode.workspace.fs.readFile(found.code.target)).toString(), /^# Shapes/);
  });

  it('go away when their document is closed', async () => {
    const document = await openText(LOOP);
    await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 1,
    );
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 0,
    );
  });

  it('have a quick fix; undone, the text is what it was', async () => {
    const document = await openText(LOOP);
    const [hint] = await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 1,
    );
    assert(hint);
    const actions = await actionsAt(document, hint.range, vscode.CodeActionKind.QuickFix);
    const fix = actions.find(({ title }) => title === 'Replace the loop by torch.bmm(a, b)');
    assert(fix, actions.map(({ title }) => title).join());
    assert.equal(fix.isPreferred, true);
    await apply(fix);
    assert.match(document.getText(), /torch\.bmm\(a, b\)/);
    await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 0,
    );
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), LOOP);
  });

  it('are silenced by the comment that the lightbulb writes', async () => {
    const document = await openText(LOOP);
    const [hint] = await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 1,
    );
    assert(hint);
    const actions = await actionsAt(document, hint.range, vscode.CodeActionKind.QuickFix);
    const suppress = actions.find(({ title }) => title === 'Suppress MM101 for this line');
    assert(suppress);
    await apply(suppress);
    assert.match(document.getText(), /# matmul-lens: ignore\[MM101\]/);
    await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 0,
    );
  });

  it('say nothing while code is half typed, and come back when it is whole', async () => {
    const document = await openText(LOOP);
    await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 1,
    );
    const at = rangeOfText(document, 'a[i] @ b[i])');
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, at, 'a[i] @ (b[');
    await vscode.workspace.applyEdit(edit);
    await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 0,
    );
    await vscode.commands.executeCommand('undo');
    await eventually(
      () => diagnosticsOf(document),
      ({ length }) => length === 1,
    );
  });
});
