import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { eventually, lensesOf, openText } from './documents';

/** Thirty lines, one of them a product. */
const FUNCTION = (index: number) => `
def layer_${index}(x, w):
    h = x @ w
${'    h = torch.relu(h) + 1.0\n'.repeat(26)}    return h
`;

/** A hang that a reader would notice as one. VS Code itself calls a host unresponsive after 3 s. */
const LONGEST_STALL_MS = 3_000;

describe('a file of 60,000 lines', () => {
  it('is analysed without hanging the host', async function () {
    const functions = Array.from({ length: 2_000 }, (_, index) => FUNCTION(index));
    const content = `import torch\n${functions.join('')}`;
    assert(content.split('\n').length >= 60_000);
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const document = await openText(content);
    const lenses = await eventually(
      () => lensesOf(document),
      ({ length }) => length > 0,
    );
    delay.disable();
    console.log(`      ${lenses.length} lenses; longest stall ${(delay.max / 1e6).toFixed(0)} ms`);
    assert(delay.max / 1e6 < LONGEST_STALL_MS, `${(delay.max / 1e6).toFixed(0)} ms`);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('of 100,000 open parentheses says nothing and breaks nothing', async () => {
    await openText(`import torch\nx = torch.matmul${'('.repeat(100_000)}\n`);
    const document = await openText('import torch\n\n\ndef f(a, b):\n    return a @ b\n');
    await eventually(
      () => lensesOf(document),
      ({ length }) => length === 1,
    );
    for (let count = 0; count < 2; count++)
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
