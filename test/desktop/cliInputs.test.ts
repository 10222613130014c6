/** The command line on text that no one should write. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { runCli } from './support/cli';
import { temporaryFolder } from './support/temporary';

interface OperationLine {
  readonly line: number;
  readonly col: number;
  readonly end_col: number;
}

describe('the command line on odd input', () => {
  const folder = temporaryFolder();

  async function operations(content: string | Uint8Array, name = 'odd.py'): Promise<readonly OperationLine[]> {
    await folder.write(name, content);
    const { status, stdout, stderr } = await runCli(['ops', name, '--format', 'jsonl'], { cwd: folder.path });
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '');
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as OperationLine);
  }

  /** Where Python's `ast` has `torch.mm(a, b)`: line from 1, columns in bytes from 0. */
  const at = ({ line, col, end_col }: OperationLine) => [line, col, end_col];

  it('counts columns in bytes, without a byte order mark', async () => {
    const text = 'import torch; x = "é😀"; y = torch.mm(a, b)\n';
    const start = Buffer.byteLength('import torch; x = "é😀"; y = ');
    for (const mark of ['', '\ufeff']) {
      assert.deepEqual((await operations(mark + text)).map(at), [[1, start, start + 14]]);
    }
  });

  it('counts lines whatever they end with', async () => {
    const found = ['\n', '\r\n', '\r'].map((newline, index) => {
      const text = ['import torch', '', '# 😀', 'y = torch.mm(a, b)', ''].join(newline);
      return operations(text, `odd${index}.py`);
    });
    for (const each of await Promise.all(found)) assert.deepEqual(each.map(at), [[4, 4, 18]]);
  });

  it('goes on behind a NUL, a lone surrogate and bytes that are no UTF-8', async () => {
    const odds = [[0], [0xed, 0xa0, 0x80], [0xff, 0xfe], [0xc3]];
    const found = odds.map((odd, index) => {
      const text = Buffer.concat([
        Buffer.from('import torch\nx = "'),
        Buffer.from(odd),
        Buffer.from('"\n\n\ndef f(a, b):\n    return torch.mm(a, b)\n'),
      ]);
      return operations(text, `odd${index}.py`);
    });
    for (const each of await Promise.all(found)) assert.deepEqual(each.map(at), [[6, 11, 25]]);
  });

  it('reads Latin-1 where it is declared', async () => {
    const text = Buffer.from('# -*- coding: latin-1 -*-\nimport torch\nx = "é"; y = torch.mm(a, b)\n', 'latin1');
    assert.deepEqual((await operations(text)).map(at), [[3, 14, 28]]);
  });

  it('reads each encoding that a comment in the first two lines declares', async () => {
    const code = 'import torch\nx = "';
    const end = '"; y = torch.mm(a, b)\n';
    // Columns are those of UTF-8, as Python's `ast` counts them once it has decoded the file.
    const sources = [
      ['# coding: cp1252', [0xe9], 'é'],
      ['#!/usr/bin/env python3\n# vim: set fileencoding=shift_jis :', [0x93, 0xfa, 0x96, 0x7b], '日本'],
      ['# -*- coding: euc-kr -*-', [0xc7, 0xd1], '한'],
      ['# -*- coding: no-such-encoding -*-', [0xc3, 0xa9], 'é'],
    ] as const;
    for (const [declared, bytes, letters] of sources) {
      const text = Buffer.concat([Buffer.from(`${declared}\n${code}`), Buffer.from(bytes), Buffer.from(end)]);
      const line = declared.split('\n').length + 2;
      const start = Buffer.byteLength(`x = "${letters}"; y = `);
      assert.deepEqual((await operations(text)).map(at), [[line, start, start + 14]], declared);
    }
  });

  it('follows names into a file of another encoding', async () => {
    const layers = '# coding: latin-1\nfrom torch import nn\nname = "é"\nclass Größe(nn.Linear):\n    pass\n';
    await folder.write('layers.py', Buffer.from(layers, 'latin1'));
    const text =
      'from torch import nn\nfrom layers import Größe\nclass M(nn.Module):\n    def __init__(self):\n        self.fc = Größe(2, 3)\n    def forward(self, x):\n        return self.fc(x)\n';
    assert.ok((await operations(text)).some((each) => each.line === 7));
  });

  it('survives 100,000 open parentheses', async function () {
    this.timeout(30_000);
    await folder.write('deep.py', `import torch\nx = ${'('.repeat(100_000)}\n`);
    const { status, stdout } = await runCli(['check', 'deep.py', '--format', 'json'], { cwd: folder.path });
    assert.deepEqual(JSON.parse(stdout), []);
    assert.ok(status === 0 || status === 2);
  });

  it('survives half-typed code', async () => {
    const lines = await operations('import torch\ny = torch.mm(a, b)\ndef g(x:\n    return x @\n');
    assert.deepEqual(lines.map(at), [[2, 4, 18]]);
  });

  it('reads a file of 60,000 lines', async function () {
    this.timeout(30_000);
    const body = Array.from({ length: 20_000 }, (_, index) => `def f${index}(a, b):\n    return a + b\n\n`).join('');
    const text = `import torch\n${body}\ndef g(a, b):\n    return torch.mm(a, b)\n`;
    assert.deepEqual((await operations(text)).map(at), [[60_004, 11, 25]]);
  });

  it('has nothing to say of an empty file, and says so of an empty folder', async () => {
    assert.deepEqual(await operations(''), []);
    await mkdir(path.join(folder.path, 'empty'));
    const { status, stdout, stderr } = await runCli(['ops', 'empty'], { cwd: folder.path });
    assert.deepEqual([status, stdout, stderr], [0, '', 'No Python files in empty.\n']);
    const json = await runCli(['check', 'empty', '--format', 'json'], { cwd: folder.path });
    assert.deepEqual([json.status, json.stdout], [0, '[]\n']);
  });

  it('ends with 2 when a file that was named cannot be read, and reads the others', async () => {
    await folder.write('good.py', 'import torch\ny = torch.mm(a, b)\n');
    await folder.write('long.py', Buffer.alloc(17 * 1024 * 1024, '#'));
    const { status, stdout, stderr } = await runCli(['ops', 'long.py', 'good.py'], { cwd: folder.path });
    assert.equal(status, 2);
    assert.match(stderr, /^long\.py: has over 16 MB/);
    assert.match(stdout, /^good\.py:2:5: /);
  });
});
