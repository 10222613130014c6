/** A Python that has neither PyTorch nor JAX: the race says what is missing, and the way out is a button. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { Panel } from './panel';
import { openWorkbench } from './workbench';
import type { Workbench } from './workbench';

describe('with a Python that has no frameworks', function () {
  this.timeout(120_000);
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'matmul-lens-bare-'));
  const bare = path.join(scratch, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const opened: Workbench[] = [];

  before(async () => {
    execFileSync(process.env.MATMUL_LENS_PYTHON ?? 'python3', ['-m', 'venv', '--without-pip', scratch]);
    const settings = { 'matmulLens.python.interpreter': bare };
    opened.push(await openWorkbench({ folder: 'examples', file: 'mlp.py', settings }));
  });

  after(async () => {
    for (const each of opened) await each.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('a race names what is missing, and where', async () => {
    const [workbench] = opened;
    assert(workbench);
    const { page } = workbench;
    await page.lens('Benchmark forward').click();
    assert((await page.answerDialog('Run My Code')).includes(bare));
    const panel = new Panel(page.panel());
    await panel.ended(60_000);
    const problems = await panel.part('problems').innerText();
    assert.match(problems, /PyTorch/);
    assert.match(problems, /JAX/);
    await panel.button('Select Interpreter').first().waitFor();
    await page.screenshot('no-frameworks');
  });

  it('the way to JAX shows its commands before anything runs', async () => {
    const [workbench] = opened;
    assert(workbench);
    const { page } = workbench;
    await page.runCommand('Matmul Lens: Create JAX Environment');
    const said = await page.answerDialog('Cancel');
    assert.match(said, /-m venv/);
    assert.match(said, /pip install .*jax/);
    assert(said.includes(bare), said);
  });
});
