import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { diagnosticsOf, eventually, hoverAt, lensTitles, openExample, rangeOfText, setSetting } from './documents';

async function inlaysOf(document: vscode.TextDocument): Promise<string[]> {
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    whole,
  );
  return hints.map(({ label }) => (typeof label === 'string' ? label : label.map(({ value }) => value).join('')));
}

describe('each surface', () => {
  afterEach(async () => {
    for (const name of ['codeLens', 'hints', 'hover', 'inlayHints']) await setSetting(`${name}.enable`, undefined);
    await setSetting('rules.ignore', undefined);
  });

  it('lens: can be switched off and on', async () => {
    const document = await openExample('mlp.py');
    await eventually(
      () => lensTitles(document),
      ({ length }) => length === 1,
    );
    await setSetting('codeLens.enable', false);
    assert.deepEqual(await lensTitles(document), []);
    await setSetting('codeLens.enable', true);
    assert.equal((await lensTitles(document)).length, 1);
  });

  it('hints: can be switched off and on, all and one by one', async () => {
    const document = await openExample('loops.py');
    const all = await eventually(
      () => diagnosticsOf(document).length,
      (count) => count > 0,
    );
    await setSetting('hints.enable', false);
    await eventually(
      () => diagnosticsOf(document).length,
      (count) => count === 0,
    );
    await setSetting('hints.enable', true);
    await eventually(
      () => diagnosticsOf(document).length,
      (count) => count === all,
    );
    await setSetting('rules.ignore', ['MM101']);
    await eventually(
      () => diagnosticsOf(document).length,
      (count) => count > 0 && count < all,
    );
  });

  it('hover: tells shapes and cost, and can be switched off', async () => {
    const document = await openExample('products.py');
    const { start } = rangeOfText(document, 'a @ b');
    const at = start.translate(0, 2);
    const text = await hoverAt(document, at);
    assert.match(text, /1024/);
    assert.match(text, /FLOP/);
    await setSetting('hover.enable', false);
    assert.doesNotMatch(await hoverAt(document, at), /FLOP/);
  });

  it('inlay hints: are off, and can be switched on', async () => {
    const document = await openExample('products.py');
    assert.deepEqual(await inlaysOf(document), []);
    await setSetting('inlayHints.enable', true);
    const labels = await inlaysOf(document);
    assert(
      labels.some((label) => /^→ \(1024, 1024\)$/.test(label)),
      labels.join(),
    );
  });
});
