/** The command line in a terminal: colours, progress, questions. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { PYTHON } from './support/python';
import { runInTerminal } from './support/terminal';
import { temporaryFolder } from './support/temporary';

const PRODUCT = 'import torch\n\n\ndef f(a, b):  # shape: a=f32[8, 8], b=f32[8, 8]\n    return torch.matmul(a, b)\n';
const MISMATCH = 'import torch\n\n\ndef f():\n    return torch.ones(2, 3) @ torch.ones(2, 3)\n';

describe('the command line in a terminal', () => {
  const folder = temporaryFolder();

  it('uses colours, unless NO_COLOR is set or the terminal is dumb', async () => {
    const colour = '\u001b[1m';
    const misuse = (variables: Readonly<Record<string, string>>) => runInTerminal(['ops'], '', { variables });
    const [plain, noColor, dumb] = await Promise.all([{}, { NO_COLOR: '1' }, { TERM: 'dumb' }].map(misuse));
    assert.ok(plain?.shown.includes(colour));
    assert.ok(noColor && !noColor.shown.includes('\u001b'));
    assert.ok(dumb && !dumb.shown.includes('\u001b'));
  });

  it('shows progress and takes it away again', async () => {
    await folder.write('m.py', MISMATCH);
    const { status, shown } = await runInTerminal(['ops', 'm.py'], '', { cwd: folder.path });
    assert.equal(status, 0);
    assert.ok(shown.includes('1 file  m.py'));
    assert.ok(shown.includes('\r\u001b[2K'));
    assert.match(shown, /1 operation in 1 file\r\n$/);
  });

  it('asks before it runs the code, and takes anything but yes for no', async () => {
    await folder.write('m.py', PRODUCT);
    const variables = { XDG_CACHE_HOME: path.join(folder.path, 'cache') };
    const typed = ['n\n', '\n', 'yesterday\n'];
    const ask = (each: string) =>
      runInTerminal(['bench', 'm.py:f', '--python', PYTHON], each, { cwd: folder.path, variables });
    for (const answered of await Promise.all(typed.map(ask))) {
      assert.equal(answered.status, 2);
      assert.match(answered.shown, /To race f, matmul-lens loads m\.py/);
      assert.match(answered.shown, /not raced/);
    }
  });

  it('ends with 130 on Ctrl-C while it asks', async () => {
    await folder.write('m.py', PRODUCT);
    const { status } = await runInTerminal(['bench', 'm.py:f', '--python', PYTHON], '\u0003', { cwd: folder.path });
    assert.equal(status, 130);
  });
});
