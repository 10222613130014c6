import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { actionsAt, apply, diagnosticsOf, eventually } from './documents';

const LOOP = `import torch

EMOJI = '😀 é \ud83d'; BEFORE = 'the finding stands behind them'
# shape: a=f32[8, 16, 16], b=f32[8, 16, 16]
def pairwise(a, b):  # 😀
    products = []
    for i in range(a.shape[0]):
        products.append(a[i] @ b[i])
    return torch.stack(products)
`;

describe('ranges are right', () => {
  for (const [name, bytes] of Object.entries({
    'with LF': Buffer.from(LOOP),
    'with CRLF': Buffer.from(LOOP.replaceAll('\n', '\r\n')),
    'with a BOM': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(LOOP)]),
  })) {
    it(name, async () => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
      const file = path.join(folder, `positions-${name.replaceAll(' ', '-')}.py`);
      await writeFile(file, bytes);
      const document = await vscode.workspace.openTextDocument(file);
      await vscode.window.showTextDocument(document);
      const before = document.getText();
      const [hint] = await eventually(
        () => diagnosticsOf(document),
        ({ length }) => length === 1,
      );
      assert(hint);
      const marked = document.getText(hint.range);
      assert(LOOP.replaceAll('\r', '').includes(marked.replaceAll('\r', '')), marked);
      assert.match(marked, /^(for i in|a\[i\] @ b\[i\])/);
      const actions = await actionsAt(document, hint.range, vscode.CodeActionKind.QuickFix);
      const fix = actions.find(({ title }) => title === 'Replace the loop by torch.bmm(a, b)');
      assert(fix, actions.map(({ title }) => title).join());
      await apply(fix);
      const lineEnds = document.getText().match(/\r?\n/g) ?? [];
      assert.deepEqual([...new Set(lineEnds)], [document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n']);
      await vscode.commands.executeCommand('undo');
      assert.equal(document.getText(), before);
    });
  }
});
