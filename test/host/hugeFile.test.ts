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

/** VS Code itself calls a host unresponsive after this long. Printed and not asserted: a busy machine is slower. */
const UNRESPONSIVE_MS = 3_000;
/** A hang, on any machine: before findings were kept from growing with the square, this took two minutes. */
const HANG_MS = 15_000;

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
    const stall = delay.max / 1e6;
    console.log(`      ${lenses.length} lenses; longest stall ${stall.toFixed(0)} ms (goal ${UNRESPONSIVE_MS} ms)`);
    assert(stall < HANG_MS, `${stall.toFixed(0)} ms`);
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
