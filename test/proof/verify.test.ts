/** `check --verify` under real torch: what it lets through, what it blocks, and code that does not want to be run. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { runCli } from '../desktop/support/cli';
import { temporaryFolder } from '../desktop/support/temporary';

const LOOP = 'torch.stack([a[i] @ b[i] for i in range(a.shape[0])])';
const SHAPES = '# shape: a=f32[8, 5, 6], b=f32[8, 6, 7]';

interface Told {
  readonly code: string;
  readonly fix: string;
  readonly applicability: string;
  readonly verdict: {
    readonly kind: string;
    readonly label?: string;
    readonly reason?: string;
    readonly checked?: string[];
  };
}

describe('check --verify', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  const verify = async (text: string): Promise<{ readonly status: number | null; readonly told: readonly Told[] }> => {
    await folder.write('m.py', text);
    const python = process.env.MATMUL_LENS_PYTHON ?? '';
    const { status, stdout, stderr } = await runCli(
      ['check', 'm.py', '--verify', '--yes', '--python', python, '--format', 'json'],
      { cwd: folder.path, variables: { XDG_CACHE_HOME: path.join(folder.path, 'cache') } },
    );
    assert.equal(stderr, '');
    return { status, told: JSON.parse(stdout) as Told[] };
  };

  it('finds that a loop and its batched product compute the same, hard inputs included', async () => {
    const { status, told } = await verify(`import torch\n\n\n${SHAPES}\ndef f(a, b):\n    return ${LOOP}\n`);
    assert.equal(status, 0);
    assert.ok(told.length >= 2);
    for (const { verdict } of told) {
      assert.equal(verdict.kind, 'same', JSON.stringify(verdict));
      assert.deepEqual(verdict.checked?.slice(0, 4), [
        'inputs as they are',
        'inputs that are not contiguous',
        'Inf among the values',
        'NaN among the values',
      ]);
    }
  });

  it('tries the fix of a module with its weights', async () => {
    const { told } = await verify(`import torch
from torch import nn


class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Linear(16, 8)

    # shape: x=f32[4, 10, 16]
    def forward(self, x):
        return torch.stack([self.proj(x[:, t]) for t in range(x.shape[1])], dim=1)
`);
    assert.deepEqual(
      told.map(({ code, verdict }) => [code, verdict.kind]),
      [['MM102', 'same']],
    );
  });

  it('blocks a fix that differs, and names the trap', async () => {
    const { status, told } = await verify(
      'import torch\n\n\n# shape: a=f32[40, 30], b=f32[30, 50], v=f32[50]\ndef f(a, b, v):\n    return a @ b @ v\n',
    );
    assert.equal(status, 1);
    const [one] = told;
    assert.deepEqual([one?.code, one?.applicability, one?.verdict.kind], ['MM301', 'unsafe', 'differs']);
    assert.equal(one?.verdict.label, 'Inf among the values');
    assert.match(one.verdict.reason ?? '', /infinit|NaN/i);
  });

  for (const [what, statement, expected] of [
    ['raises', "raise ValueError('no')", /ValueError: no/],
    ['ends its process', 'os._exit(3)', /ended|exit|worker/i],
    ['never ends', 'time.sleep(1000)', /took longer|timed out|seconds|within/i],
  ] as const) {
    it(`gives a clear verdict on code that ${what}`, async () => {
      const { status, told } = await verify(
        `import os\nimport time\nimport torch\n\n\n${SHAPES}\ndef f(a, b):\n    if a.shape[0] < 100:\n        ${statement}\n    return ${LOOP}\n`,
      );
      assert.equal(status, 0);
      assert.ok(told.length > 0);
      for (const { verdict } of told) {
        assert.equal(verdict.kind, 'unchecked', JSON.stringify(verdict));
        assert.match(verdict.reason ?? '', expected);
      }
    });
  }

  it('is not drowned by code that prints a lot, and does not mind code that changes its input', async () => {
    const { told } = await verify(
      `import torch\n\n\n${SHAPES}\ndef f(a, b):\n    print('x' * 10_000_000)\n    a.mul_(1.0)\n    return ${LOOP}\n`,
    );
    assert.deepEqual([...new Set(told.map(({ verdict }) => verdict.kind))], ['same'], JSON.stringify(told));
  });

  it('asks before it runs anything, and says so where nobody can be asked', async () => {
    await folder.write('m.py', `import torch\n\n\n${SHAPES}\ndef f(a, b):\n    return ${LOOP}\n`);
    const { status, stderr } = await runCli(['check', 'm.py', '--verify'], { cwd: folder.path });
    assert.equal(status, 2);
    assert.match(stderr, /--yes consents/);
  });
});
