import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Dialogs } from './dialogs';
import { eventually, openExample } from './documents';
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

/** Longer than any delay between a command and a process. */
const WATCH_MS = 2_000;
const SETTING = 'matmulLens.python.interpreter';

/** Of the machine: a workspace does not choose what is started. */
async function setInterpreter(value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration().update(SETTING, value, vscode.ConfigurationTarget.Global);
}

describe('the interpreter', () => {
  const given: unknown = vscode.workspace.getConfiguration().inspect(SETTING)?.globalValue;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const venv = path.join(folder, '.venv');
  /** There once the workspace's interpreter was started, which is no Python. */
  const started = path.join(folder, 'started');
  const searchPath = process.env.PATH;

  before(async () => {
    await mkdir(path.join(venv, 'bin'), { recursive: true });
    await writeFile(path.join(venv, 'pyvenv.cfg'), 'home = nowhere\n');
    await writeFile(path.join(venv, 'bin/python'), `#!/bin/sh\ntouch '${started}'\nexit 1\n`);
    await chmod(path.join(venv, 'bin/python'), 0o755);
  });

  after(async () => {
    await setInterpreter(given);
    process.env.PATH = searchPath;
    (await mockOf<PythonEnvironmentsMock>('ms-python.vscode-python-envs')).select(null);
    (await mockOf<PythonExtensionMock>('ms-python.python')).select(null);
    await rm(venv, { recursive: true, force: true });
    await rm(started, { force: true });
  });

  it('is the setting’s, then that of Python Environments, of the Python extension, of the folder', async () => {
    const document = await openExample('mlp.py');
    const environments = await mockOf<PythonEnvironmentsMock>('ms-python.vscode-python-envs');
    const python = await mockOf<PythonExtensionMock>('ms-python.python');
    environments.select(['/opt/envs/bin/python', '-X', 'dev']);
    python.select('/opt/python/bin/python');

    assert.match(await namedInterpreter(document), /\(matmulLens\.python\.interpreter\)/);
    await setInterpreter('');
    assert.match(await namedInterpreter(document), /\/opt\/envs\/bin\/python -X dev \(Python Environments extension\)/);
    environments.select(null);
    assert.match(await namedInterpreter(document), /\/opt\/python\/bin\/python \(Python extension\)/);
    python.select(null);
    assert((await namedInterpreter(document)).includes(path.join(venv, 'bin/python')));
  });

  it('cannot be chosen by the settings of a workspace', async () => {
    const document = await openExample('mlp.py');
    await setInterpreter('');
    const settings = path.join(folder, '.vscode/settings.json');
    await mkdir(path.dirname(settings), { recursive: true });
    try {
      await writeFile(settings, JSON.stringify({ [SETTING]: '/evil/python', 'matmulLens.hover.enable': false }));
      // The file is read: its other setting holds.
      await eventually(
        () => vscode.workspace.getConfiguration('matmulLens', document).get<boolean>('hover.enable'),
        (enabled) => enabled === false,
      );
      assert.doesNotMatch(await namedInterpreter(document), /evil/);
    } finally {
      await rm(settings);
    }
  });

  it('of the workspace is not started before the reader saw its name and agreed', async () => {
    const document = await openExample('mlp.py');
    await setInterpreter('');
    assert((await namedInterpreter(document)).includes(path.join(venv, 'bin/python')));
    const choosing = vscode.commands.executeCommand('matmulLens.selectInterpreter');
    const refused = new Dialogs();
    try {
      await vscode.commands.executeCommand('matmulLens.createJaxEnvironment');
      assert.equal(refused.said[0]?.text, 'Start the Python interpreter of this workspace?');
      assert(refused.said[0].detail.includes(path.join(venv, 'bin/python')));
    } finally {
      refused.restore();
    }
    await sleep(WATCH_MS);
    await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
    await choosing;
    assert.equal(existsSync(started), false);

    const agreed = new Dialogs(({ buttons }) => buttons.find((each) => each === 'Race the Same Shapes Instead'));
    try {
      await vscode.commands.executeCommand('matmulLens.benchmark', document.uri, 'MLP');
      await eventually(
        () => existsSync(started),
        (there) => there,
      );
    } finally {
      agreed.restore();
    }
  });

  it('that a setting names and that is not there is an error with a way out', async () => {
    const document = await openExample('mlp.py');
    await setInterpreter('/nowhere/bin/python');
    const said = await namedInterpreter(document);
    assert.equal(said, 'The Python interpreter /nowhere/bin/python (matmulLens.python.interpreter) is not there.');
  });

  it('that nobody knows is an error with a way out', async () => {
    const document = await openExample('mlp.py');
    await setInterpreter('');
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
