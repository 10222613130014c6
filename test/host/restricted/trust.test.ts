import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { once } from 'node:events';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Dialogs } from '../dialogs';
import { diagnosticsOf, eventually, lensTitles, openExample } from '../documents';
import { activated } from '../extension';

/** Node tells here of every child process that is created in this process, whoever creates it. */
const CHILD_PROCESSES = 'child_process';
/** Longer than any delay between a click and a process. */
const WATCH_MS = 3_000;

describe('an untrusted workspace', () => {
  /** The call stack of each creation: VS Code and other extensions of this host start processes, too. */
  const spawned: string[] = [];
  const stackDepth = Error.stackTraceLimit;
  const spy = () => void spawned.push(new Error('created').stack ?? '');
  const byUs = () => spawned.filter((stack) => stack.includes('extension.cjs'));
  before(() => {
    Error.stackTraceLimit = 100;
    diagnostics.subscribe(CHILD_PROCESSES, spy);
  });
  after(() => {
    diagnostics.unsubscribe(CHILD_PROCESSES, spy);
    Error.stackTraceLimit = stackDepth;
  });
  beforeEach(() => {
    spawned.length = 0;
  });

  it('has a spy that sees processes, and who starts them', async () => {
    await once(spawn(process.execPath, ['--version']), 'close');
    // The host wraps what creates processes, and may so be told of one twice.
    assert.ok(spawned.some((stack) => stack.includes(path.basename(__filename))));
  });

  it('has the extension, for static analysis', async () => {
    assert.equal(vscode.workspace.isTrusted, false);
    const document = await openExample('loops.py');
    await activated();
    const titles = await eventually(
      () => lensTitles(document),
      ({ length }) => length > 0,
    );
    assert(titles.some((each) => each.startsWith('▶ Benchmark')));
    assert(diagnosticsOf(document).length > 0);
    assert.deepEqual(byUs(), []);
  });

  it('starts no process for any command, says why, and offers to manage trust', async () => {
    const document = await openExample('mlp.py');
    const dialogs = new Dialogs();
    try {
      await vscode.commands.executeCommand('matmulLens.benchmark', document.uri, 'MLP');
      await vscode.commands.executeCommand('matmulLens.createJaxEnvironment');
      const choosing = vscode.commands.executeCommand('matmulLens.selectInterpreter');
      await vscode.commands.executeCommand('matmulLens.showResults');
      await sleep(WATCH_MS);
      await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
      await choosing;
      assert.equal(dialogs.said.length, 2);
      for (const said of dialogs.said) {
        assert.match(said.text, /this workspace is not trusted/);
        assert.deepEqual(said.buttons, ['Manage Workspace Trust']);
      }
      assert.deepEqual(byUs(), []);
    } finally {
      dialogs.restore();
    }
  });
});
