import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pythonOf } from '../../../src/core/notebook/magics';

describe('the Python of a cell', () => {
  const text = (cell: string) => pythonOf(cell)?.text;

  it('is the cell itself where nothing is IPython’s own', () => {
    const cell = 'x = (a\n  % b)\ny = """\n!ls\n?\n"""  # why?\nz = f"{x!r}" != \'?\' \\\n  % 2\n';
    assert.deepEqual(pythonOf(cell), { text: cell, openString: '' });
  });

  it('has a statement that does nothing in the place of a line of IPython’s', () => {
    assert.equal(text('%matplotlib inline\nx = 1'), '0                 \nx = 1');
    assert.equal(text('if gpu:\n    !pip install x\ny'), 'if gpu:\n    0             \ny');
    assert.equal(text('!pip install \\\n  torch\ny'), '0             \n       \ny');
    assert.equal(text('?torch.mm\r\nx'), '0        \r\nx');
    assert.equal(text('/f 1\n,f a b\n;f a b'), '0   \n0     \n0     ');
  });

  it('has nothing of a question for help', () => {
    assert.equal(text('torch.mm?'), '0        ');
    assert.equal(text('x = 1\nx.shape??\ny'), 'x = 1\n0        \ny');
    assert.equal(text('    a?'), '    0 ');
  });

  it('keeps what a magic runs', () => {
    assert.equal(text('%time y = a @ b'), '0    ;y = a @ b');
    assert.equal(text('%timeit -n 10 -r3 f(a,\n  b)'), '0                ;f(a,\n  b)');
    assert.equal(text('y = %time a @ b'), 'y =       a @ b');
    assert.equal(text('%time for a in b: c'), '0                  ');
    assert.equal(text('%time'), '0    ');
  });

  it('knows nothing of what a command gives', () => {
    assert.equal(text('files = !ls *.py\nx'), 'files = __      \nx');
    assert.equal(text('o = %timeit -o f(x)'), 'o = __             ');
    assert.equal(text('a, b = !x'), 'a, b = __');
  });

  it('is what stands below a magic of the cell that runs it', () => {
    assert.equal(text('%%time\nx = 1'), '0     \nx = 1');
    assert.equal(text('\n%%capture out\n%cd x\ny'), '\n0            \n0    \ny');
  });

  it('is none below any other magic of the cell', () => {
    for (const name of ['bash', 'html', '!', 'writefile a.py', 'sql']) assert.equal(pythonOf(`%%${name}\nx = 1`), null);
  });

  it('tells which string is left open', () => {
    assert.equal(pythonOf('x = """a\n!ls')?.openString, '"""');
    assert.equal(pythonOf("x = r'''a\\'''")?.openString, "'''");
    assert.equal(pythonOf('x = "a\n!ls')?.openString, '');
    assert.equal(text('x = "a\n!ls'), 'x = "a\n0  ');
  });

  it('is as long as the cell, with its lines, whatever stands there', () => {
    const piece = fc.constantFrom(
      '%',
      '!',
      '?',
      '%%',
      '%time ',
      '=',
      '"',
      '"""',
      "'''",
      '(',
      ')',
      '\\',
      '\n',
      '\r\n',
      '#',
      ' ',
      'x',
      ';',
      'é',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const cell = pieces.join('');
        const code = text(cell);
        if (code === undefined) return;
        assert.equal(code.length, cell.length);
        assert.deepEqual(
          [...code.matchAll(/[\r\n]/g)].map(({ index }) => index),
          [...cell.matchAll(/[\r\n]/g)].map(({ index }) => index),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
