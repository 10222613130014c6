import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { walk } from '../../src/desktop/files/walk';
import { temporaryFolder } from './support/temporary';

describe('walk', () => {
  const folder = temporaryFolder();

  async function write(...names: string[]): Promise<void> {
    for (const name of names) await folder.write(name, '');
  }

  /** Files as they are shown, relative to the folder. */
  async function found(root = folder.path): Promise<string[]> {
    const files: string[] = [];
    for await (const each of walk(root)) {
      files.push(each.kind === 'file' ? path.relative(root, each.shown) : `${path.relative(root, each.shown)}!`);
    }
    return files;
  }

  it('finds Python files, in the order of their names', async () => {
    await write('b.py', 'a.py', 'z/c.py', 'm/d.pyw', 'note.txt', 'm/data.pyc');
    assert.deepEqual(await found(), ['a.py', 'b.py', 'm/d.pyw', 'z/c.py']);
  });

  it('leaves out hidden folders, environments and built code', async () => {
    await write('.hidden/a.py', 'env/lib/a.py', 'env/pyvenv.cfg', 'node_modules/a.py', '__pycache__/a.py', 'kept/a.py');
    assert.deepEqual(await found(), ['kept/a.py']);
  });

  it('obeys .gitignore files, the inner ones before the outer', async () => {
    await write('a.py', 'generated/a.py', 'lib/a_pb2.py', 'lib/b_pb2.py', 'lib/deep/a.py', 'lib/deep/b_pb2.py');
    await folder.write('.gitignore', '/generated/\n*_pb2.py\n');
    await folder.write('lib/.gitignore', '!b_pb2.py\n/deep/a.py\n');
    assert.deepEqual(await found(), ['a.py', 'lib/b_pb2.py', 'lib/deep/b_pb2.py']);
  });

  it('obeys the .gitignore files above, up to the repository', async () => {
    await write('repo/pkg/a.py', 'repo/pkg/out/b.py');
    await mkdir(path.join(folder.path, 'repo/.git'));
    await folder.write('repo/.gitignore', 'out/\n');
    await folder.write('.gitignore', '*.py\n');
    assert.deepEqual(await found(path.join(folder.path, 'repo/pkg')), ['a.py']);
  });

  it('searches what is named although it is ignored', async () => {
    await write('repo/.venv/lib/a.py', 'repo/.venv/lib/b.py');
    await mkdir(path.join(folder.path, 'repo/.git'));
    await folder.write('repo/.gitignore', '.venv/\nb.py\n');
    await folder.write('repo/.venv/.gitignore', '*\n');
    assert.deepEqual(await found(path.join(folder.path, 'repo/.venv/lib')), ['a.py', 'b.py']);
  });

  it('visits each folder once, though links make a loop', async () => {
    await write('a/b/c.py', 'elsewhere/d.py');
    await symlink('../..', path.join(folder.path, 'a/b/up'));
    await symlink('self', path.join(folder.path, 'self'));
    await symlink('../elsewhere', path.join(folder.path, 'a/link'));
    await symlink('nowhere.py', path.join(folder.path, 'dangling.py'));
    const files = await found();
    assert.equal(files.length, 2);
    assert.deepEqual(files.map((file) => path.basename(file)).sort(), ['c.py', 'd.py']);
  });

  it('tells of what cannot be searched', async () => {
    // No permission would do for everybody but root.
    const file = await folder.write('a.py', '');
    const notes = [];
    for await (const each of walk(file)) notes.push(each);
    assert.deepEqual(notes, [{ kind: 'unreadable', shown: file, reason: 'ENOTDIR' }]);
  });

  it('shows files as they were named', async () => {
    await write('pkg/a.py');
    const before = process.cwd();
    process.chdir(folder.path);
    try {
      for await (const each of walk('pkg/')) assert.equal(each.shown, path.join('pkg', 'a.py'));
    } finally {
      process.chdir(before);
    }
  });
});
