import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, lensTitles, lensesOf, openExample, openText } from './documents';

describe('lenses', () => {
  it('stand above what can be raced, with products and cost', async () => {
    const document = await openExample('mlp.py');
    const lenses = await eventually(
      () => lensesOf(document),
      ({ length }) => length > 0,
    );
    assert.deepEqual(
      lenses.map(({ title }) => title),
      ['▶ Benchmark forward · 2 matmuls · 1.07 GFLOP'],
    );
    assert.match(document.lineAt(lenses[0]?.line ?? 0).text, /def forward/);
  });

  it('carry a suggestion where a rule fired, and there alone', async () => {
    const document = await openExample('loops.py');
    const titles = await eventually(
      () => lensTitles(document),
      ({ length }) => length > 0,
    );
    assert.equal(titles.filter((each) => each.startsWith('▶ Benchmark')).length, 3);
    assert.equal(titles.filter((each) => each.startsWith('Suggestion: ')).length, 3);
    const plain = await openExample('mlp.py');
    assert.deepEqual(
      (await lensTitles(plain)).filter((each) => each.startsWith('Suggestion: ')),
      [],
    );
  });

  it('stay above their functions, in the same number, while somebody types', async () => {
    const document = await openExample('loops.py');
    const before = await eventually(
      () => lensesOf(document),
      ({ length }) => length > 0,
    );
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# one more line\n# and another\n');
    await vscode.workspace.applyEdit(edit);
    // At once, long before the next analysis.
    const during = await lensesOf(document);
    assert.deepEqual(
      during.map(({ line, title }) => [line, title]),
      before.map(({ line, title }) => [line + 2, title]),
    );
    await vscode.commands.executeCommand('undo');
  });

  it('are not there for a file without matrix products', async () => {
    const document = await openText('def add(a, b):\n    return a + b\n');
    assert.deepEqual(await lensesOf(document), []);
  });
});
