import assert from 'node:assert/strict';
import { findInterpreters } from '../../src/desktop/python/search';
import type { SearchOptions } from '../../src/desktop/python/search';

const LINUX: SearchOptions = { chosen: null, folders: [], variables: {}, platform: 'linux', cwd: '/code' };

function find(options: Partial<SearchOptions>, files: readonly string[]) {
  const there = new Set(files);
  return findInterpreters({ ...LINUX, ...options }, { isFile: (file) => Promise.resolve(there.has(file)) });
}

describe('findInterpreters', () => {
  it('looks at the active environment, then the folders, then PATH', async () => {
    const variables = { VIRTUAL_ENV: '/env', CONDA_PREFIX: '/conda', PATH: '/usr/local/bin:/usr/bin' };
    const files = [
      ...['/env/bin/python', '/conda/bin/python', '/code/a/.venv/bin/python', '/code/a/.venv/pyvenv.cfg'],
      ...['/code/venv/bin/python', '/code/venv/pyvenv.cfg', '/usr/bin/python3', '/usr/bin/python'],
    ];
    assert.deepEqual(await find({ variables, folders: ['/code/a', '/code'] }, files), [
      { executable: '/env/bin/python', origin: 'VIRTUAL_ENV' },
      { executable: '/conda/bin/python', origin: 'CONDA_PREFIX' },
      { executable: '/code/a/.venv/bin/python', origin: 'folder' },
      { executable: '/code/venv/bin/python', origin: 'folder' },
      { executable: '/usr/bin/python3', origin: 'PATH' },
      { executable: '/usr/bin/python', origin: 'PATH' },
    ]);
  });

  it('takes a folder without pyvenv.cfg for no environment', async () => {
    assert.deepEqual(await find({ folders: ['/code'] }, ['/code/venv/bin/python']), []);
  });

  it('searches nothing else when one is chosen', async () => {
    const variables = { VIRTUAL_ENV: '/env', PATH: '/usr/bin' };
    const files = ['/env/bin/python', '/usr/bin/python3.12', '/code/bin/python'];
    const chosen = (name: string) => find({ chosen: name, variables }, files);
    assert.deepEqual(await chosen('python3.12'), [{ executable: '/usr/bin/python3.12', origin: 'chosen' }]);
    assert.deepEqual(await chosen('bin/python'), [{ executable: '/code/bin/python', origin: 'chosen' }]);
    assert.deepEqual(await chosen('/env/bin/python'), [{ executable: '/env/bin/python', origin: 'chosen' }]);
    assert.deepEqual(await chosen('python3.9'), []);
  });

  it('ignores relative entries of PATH', async () => {
    const variables = { PATH: '.::bin:/usr/bin' };
    assert.deepEqual(await find({ variables }, ['python3', 'bin/python3', '/code/python3', '/usr/bin/python3']), [
      { executable: '/usr/bin/python3', origin: 'PATH' },
    ]);
  });

  it('names each path once', async () => {
    const variables = { VIRTUAL_ENV: '/code/.venv', PATH: '/code/.venv/bin' };
    const files = ['/code/.venv/bin/python', '/code/.venv/pyvenv.cfg'];
    assert.deepEqual(await find({ variables, folders: ['/code'] }, files), [
      { executable: '/code/.venv/bin/python', origin: 'VIRTUAL_ENV' },
    ]);
  });

  it('knows the places of Windows, and that its app aliases are no Python', async () => {
    const variables = {
      CONDA_PREFIX: 'C:\\conda',
      Path: 'C:\\Users\\r\\AppData\\Local\\Microsoft\\WindowsApps;C:\\Python',
    };
    const files = [
      ...['C:\\conda\\python.exe', 'C:\\code\\.venv\\Scripts\\python.exe', 'C:\\code\\.venv\\pyvenv.cfg'],
      ...['C:\\Users\\r\\AppData\\Local\\Microsoft\\WindowsApps\\python3.exe', 'C:\\Python\\python.exe'],
    ];
    const found = await find({ platform: 'win32', cwd: 'C:\\code', folders: ['C:\\code'], variables }, files);
    assert.deepEqual(
      found.map(({ executable }) => executable),
      ['C:\\conda\\python.exe', 'C:\\code\\.venv\\Scripts\\python.exe', 'C:\\Python\\python.exe'],
    );
  });
});
