import assert from 'node:assert/strict';
import { mkdir, open, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { LONGEST_SOURCE_BYTES, readSource } from '../../src/desktop/files/source';
import { temporaryFolder } from './support/temporary';

describe('readSource', () => {
  const folder = temporaryFolder();

  it('reads a file', async () => {
    assert.deepEqual(readSource(await folder.write('a.py', 'x = 1')), { ok: true, text: 'x = 1' });
  });

  it('obeys the encoding that a file declares', async () => {
    const bytes = Buffer.from('# coding: latin-1\ns = "\u00e9"\n', 'latin1');
    await writeFile(path.join(folder.path, 'b.py'), bytes);
    const source = readSource(path.join(folder.path, 'b.py'));
    assert.deepEqual(source, { ok: true, text: '# coding: latin-1\ns = "é"\n' });
  });

  it('says why it cannot', async () => {
    await mkdir(path.join(folder.path, 'sub'));
    const reason = (name: string) => {
      const result = readSource(path.join(folder.path, name));
      return result.ok ? null : result.reason;
    };
    assert.equal(reason('missing.py'), 'does not exist');
    assert.equal(reason('sub'), 'is not a file');
    const long = await open(path.join(folder.path, 'long.py'), 'w');
    await long.truncate(LONGEST_SOURCE_BYTES + 1);
    await long.close();
    assert.equal(reason('long.py'), 'has over 16 MB: too long to be source');
  });
});
