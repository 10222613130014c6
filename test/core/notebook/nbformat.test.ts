import assert from 'node:assert/strict';
import { readNotebook } from '../../../src/core';

describe('a notebook’s file', () => {
  const cells = (...list: object[]) => readNotebook(JSON.stringify({ cells: list, metadata: {}, nbformat: 4 }));
  const code = (source: unknown, metadata = {}) => ({ cell_type: 'code', metadata, source });

  it('has texts of code, as one string or by lines, and nothing of other cells', () => {
    assert.deepEqual(cells(code('x = 1\ny'), { cell_type: 'markdown', source: 'a' }, code(['a\n', 'b'])), {
      ok: true,
      cells: ['x = 1\ny', null, 'a\nb'],
    });
  });

  it('has no Python in cells of another language', () => {
    const shell = code('ls', { vscode: { languageId: 'shellscript' } });
    assert.deepEqual(cells(shell, code('x')), { ok: true, cells: [null, 'x'] });
    for (const metadata of [{ kernelspec: { language: 'R' } }, { language_info: { name: 'julia' } }]) {
      const read = readNotebook(JSON.stringify({ cells: [code('x')], metadata }));
      assert.deepEqual(read, { ok: true, cells: [null] });
    }
  });

  it('leaves out a cell whose source is none', () => {
    assert.deepEqual(cells(code(3), code([1]), code(null), code([]), { cell_type: 'code' }), {
      ok: true,
      cells: [null, null, null, '', null],
    });
  });

  it('that is broken is told of, and never thrown at', () => {
    const reason = (json: string) => {
      const read = readNotebook(json);
      return read.ok ? null : read.reason;
    };
    assert.equal(reason('{"cells": ['), 'is not a notebook: it is not JSON');
    assert.equal(reason(''), 'is not a notebook: it is not JSON');
    for (const json of ['null', '3', '[]', '{}', '{"cells": {}}', '{"worksheets": [{"cells": []}], "nbformat": 3}'])
      assert.equal(reason(json), 'is not a notebook of nbformat 4: it has no list of cells');
    assert.deepEqual(readNotebook('{"cells": [null, 1, {"cell_type": "code"}]}'), {
      ok: true,
      cells: [null, null, null],
    });
  });
});
