import assert from 'node:assert/strict';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import * as vscode from 'vscode';
import { Dialogs } from './dialogs';
import { eventually, openExample, setSetting } from './documents';
import type { PythonEnvironmentsMock } from './fixtures/pythonEnvironmentsExtension';
import type { PythonExtensionMock } from './fixtures/pythonExtension';

async function mockOf<T>(id: string): Promise<T> {
  const extension = vscode.extensions.getExtension<T>(id);
  assert(extension, `${id} is not installed here`);
  return extension.activate();
}

/** The consent names the interpreter that would run the code; it is refused. */
async function namedInterpreter(document: vscode.TextDocument): Promise<string> {
  const dialogs = new Dialogs();
  try {
    await vscode.commands.executeCommand('matmulLens.benchmark', document.uri, 'MLP');
    const said = await eventually(
      () => dialogs.said[0],
      (each) => each !== undefined,
    );
    return said?.modal ? said.detail : (said?.text ?? '');
  } finally {
    dialogs.restore();
  }
}

describe('the interpreter', () => {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const venv = path.join(folder, '.venv');
  const searchPath = process.env.PATH;

  before(async () => {
    // No Python: nothing starts it, since every consent is refused; the first warm-up fails and says so to nobody.
    await mkdir(path.join(venv, 'bin'), { recursive: true });
    await writeFile(path.join(venv, 'pyvenv.cfg'), 'home = nowhere\n');
    await writeFile(path.join(venv, 'bin/python'), '#!/bin/sh\nexit 1\n');
    await chmod(path.join(venv, 'bin/python'), 0o755);
  });

  after(async () => {
    await setSetting('python.interpreter', undefined);
    process.env.PATH = searchPath;
    (await mockOf<PythonEnvironmentsMock>('ms-python.vscode-python-envs')).select(null);
    (await mockOf<PythonExtensionMock>('ms-python.python')).select(null);
    await rm(venv, { recursive: true, force: true });
  });

  it('is the setting’s, then that of Python Environments, of the Python extension, of the folder', async () => {
    const document = await openExample('mlp.py');
    const environments = await mockOf<PythonEnvironmentsMock>('ms-python.vscode-python-envs');
    const python = await mockOf<PythonExtensionMock>('ms-python.python');
    environments.select(['/opt/envs/bin/python', '-X', 'dev']);
    python.select('/opt/python/bin/python');

    assert.match(await namedInterpreter(document), /\(matmulLens\.python\.interpreter\)/);
    await setSetting('python.interpreter', '');
    assert.match(await namedInterpreter(document), /\/opt\/envs\/bin\/python -X dev \(Python Environments extension\)/);
    environments.select(null);
    assert.match(await namedInterpreter(document), /\/opt\/python\/bin\/python \(Python extension\)/);
    python.select(null);
    assert((await namedInterpreter(document)).includes(path.join(venv, 'bin/python')));
  });

  it('that a setting names and that is not there is an error with a way out', async () => {
    const document = await openExample('mlp.py');
    await setSetting('python.interpreter', '/nowhere/bin/python');
    const said = await namedInterpreter(document);
    assert.equal(said, 'The Python interpreter /nowhere/bin/python (matmulLens.python.interpreter) is not there.');
  });

  it('that nobody knows is an error with a way out', async () => {
    const document = await openExample('mlp.py');
    await setSetting('python.interpreter', '');
    await rm(venv, { recursive: true, force: true });
    process.env.PATH = '';
    const dialogs = new Dialogs();
    try {
      await vscode.commands.executeCommand('matmulLens.benchmark', document.uri, 'MLP');
      assert.match(dialogs.said[0]?.text ?? '', /^No Python interpreter was found/);
      assert.deepEqual(dialogs.said[0]?.buttons, ['Select Interpreter']);
      assert.equal(dialogs.said.length, 1);
    } finally {
      dialogs.restore();
    }
  });
});
