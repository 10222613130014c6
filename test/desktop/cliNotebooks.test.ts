/** Notebooks on the command line: every place is one of a cell. */
import assert from 'node:assert/strict';
import { runCli } from './support/cli';
import { temporaryFolder } from './support/temporary';

const LOOP = [
  '# shape: a=f32[8, 16, 16], b=f32[8, 16, 16]',
  'def pairwise(a, b):',
  '    products = []',
  '    for i in range(a.shape[0]):',
  '        products.append(a[i] @ b[i])',
  '    return torch.stack(products)',
];

describe('notebooks on the command line', () => {
  const folder = temporaryFolder();
  const code = (source: string | readonly string[]) => ({ cell_type: 'code', metadata: {}, outputs: [], source });
  const write = (name: string, ...cells: object[]) =>
    folder.write(name, JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));

  const cells = [
    code('import torch\n%cd ..'),
    { cell_type: 'markdown', metadata: {}, source: '# Pairs' },
    code(LOOP.map((each, at) => (at < LOOP.length - 1 ? `${each}\n` : each))),
    code('%%bash\nls'),
    code('é = torch.randn(2, 3)\nprint(é @ torch.randn(3, 4))'),
  ];

  it('list operations by cell', async () => {
    await write('a.ipynb', ...cells);
    const { status, stdout } = await runCli(['ops', 'a.ipynb'], { cwd: folder.path });
    assert.equal(status, 0);
    assert.deepEqual(stdout.split('\n').slice(0, 2), [
      'a.ipynb:cell 3:5:25: op @ f32[16, 16] × f32[16, 16] in pairwise',
      'a.ipynb:cell 5:2:7: op @ f32[2, 3] × f32[3, 4] in <module>',
    ]);
    const lines = await runCli(['ops', 'a.ipynb', '--format', 'jsonl'], { cwd: folder.path });
    const records = lines.stdout
      .trim()
      .split('\n')
      .map((each) => JSON.parse(each) as Record<string, unknown>);
    assert.deepEqual(
      records.map(({ file, cell, line, col, end_line }) => [file, cell, line, col, end_line]),
      [
        ['a.ipynb', 3, 5, 24, 5],
        ['a.ipynb', 5, 2, 6, 2],
      ],
    );
  });

  it('are found in folders and checked, with the fixes in their cells', async () => {
    await write('sub/b.ipynb', ...cells);
    const { status, stdout } = await runCli(['check', 'sub'], { cwd: folder.path });
    assert.equal(status, 0);
    assert.match(stdout, /^sub\/b\.ipynb:cell 3:4:5: MM101 /);
    const json = await runCli(['check', 'sub', '--format', 'json'], { cwd: folder.path });
    const [finding] = JSON.parse(json.stdout) as {
      cell: number;
      fixes: { edits: { cell: number; line: number }[] }[];
    }[];
    assert.equal(finding?.cell, 3);
    assert.deepEqual(
      finding.fixes[0]?.edits.map(({ cell, line }) => cell === 3 && line >= 1 && line <= LOOP.length),
      finding.fixes[0]?.edits.map(() => true),
    );
  });

  it('that are broken are told of, with status 2 where they were named', async () => {
    await folder.write('broken.ipynb', '{"cells": [');
    const { status, stdout, stderr } = await runCli(['ops', 'broken.ipynb'], { cwd: folder.path });
    assert.equal(status, 2);
    assert.match(stderr, /broken\.ipynb: is not a notebook: it is not JSON/);
    assert.equal(stdout, '0 operations in 1 file\n');
    await folder.write('old.ipynb', '{"worksheets": [], "nbformat": 3}');
    assert.match((await runCli(['check', 'old.ipynb'], { cwd: folder.path })).stderr, /it has no list of cells/);
  });
});
