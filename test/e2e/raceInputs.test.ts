/** Races that have to ask first: for inputs, instead of the reader's code, and to be cancelled. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Panel } from './panel';
import { useWorkbench } from './workbench';

const UNKNOWN = `import torch


def project(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
    return torch.relu(x @ w)
`;

describe('a race of a function whose inputs nobody knows', function () {
  this.timeout(180_000);
  const workbench = useWorkbench({
    folder: 'examples',
    settings: { 'matmulLens.race.measureSeconds': 2, 'matmulLens.race.modes': 'forward' },
  });
  const panel = () => new Panel(workbench().page.panel());

  it('asks for them in a form, and names a wrong one', async () => {
    const { page, folder } = workbench();
    await writeFile(path.join(folder, 'unknown.py'), UNKNOWN);
    await page.openFile('unknown.py');
    await page.lens('Benchmark project').click();
    await panel().part('form').waitFor();
    const shapes = panel().part('form').getByLabel('Shape of ');
    await shapes.nth(0).fill('32, many');
    await shapes.nth(1).fill('64, 16');
    await panel().part('submit').click();
    await panel().part('input-x').locator('[aria-invalid="true"]').first().waitFor();
    await page.screenshot('form-dark');
    await shapes.nth(0).fill('32, 64');
  });

  it('races the same shapes without the code, and says so', async () => {
    const { page } = workbench();
    await panel().part('submit').click();
    await page.answerDialog('Race the Same Shapes Instead');
    assert.equal(await panel().ended(90_000), 'done');
    assert.match(await panel().part('race').innerText(), /synthetic/);
    await page.lens(/ · synthetic · /).waitFor();
  });

  it('remembers them, and can be cancelled', async () => {
    const { page } = workbench();
    await panel().part('edit-inputs').click();
    await panel().part('form').waitFor();
    assert.equal(await panel().part('form').getByLabel('Shape of ').first().inputValue(), '32, 64');
    await panel().part('submit').click();
    await page.answerDialog('Run My Code');
    await panel().part('cancel').click();
    assert.equal(await panel().ended(20_000), 'cancelled');
  });

  it('asks again after the consent was withdrawn', async () => {
    const { page } = workbench();
    await page.runCommand('Matmul Lens: Forget Which Functions May Run');
    await panel().part('rerun').click();
    assert.match(await page.answerDialog('Cancel'), /Run project of unknown\.py\?/);
  });
});
