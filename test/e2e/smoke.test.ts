import assert from 'node:assert/strict';
import { useWorkbench } from './workbench';

/** Issue 3: without the grammar, which is loaded when the first file is analysed. */
const ACTIVATION_MS = 50;
/** A machine that is busy with other tests is slower; one that is slower by more has another problem. */
const PATIENCE = 8;

describe('the workbench with the extension', function () {
  this.timeout(60_000);
  const workbench = useWorkbench({ folder: 'examples', file: 'mlp.py' });

  it('shows the file and a lens above its model', async () => {
    const { page } = workbench();
    assert.match(await page.visibleText(), /import torch/);
    await page.lens('Benchmark').first().waitFor();
  });

  it('activates in little time, by the clock of VS Code itself', async () => {
    const { page } = workbench();
    await page.runCommand('Developer: Show Running Extensions');
    const row = page.raw.locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'Matmul Lens' });
    const said = await row.locator('.activation-time').innerText();
    const took = Number(/(\d+)ms/.exec(said)?.[1]);
    console.log(`      ${said} (goal ${ACTIVATION_MS} ms)`);
    assert(took <= ACTIVATION_MS * PATIENCE, said);
  });
});
