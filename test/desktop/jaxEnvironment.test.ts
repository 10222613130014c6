import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { installerEnvironment } from '../../src/desktop/python/environment';
import { jaxRequirement, planJaxEnvironment, shownCommand, stampOf } from '../../src/desktop/python/jaxEnvironment';
import type { JaxEnvironmentPlan, JaxMachine } from '../../src/desktop/python/jaxEnvironment';
import { finishedJaxEnvironment, makeJaxEnvironment } from '../../src/desktop/python/makeJaxEnvironment';
import type { MakeOptions } from '../../src/desktop/python/makeJaxEnvironment';
import { runProgram } from '../../src/desktop/python/runProgram';
import type { RunProgram } from '../../src/desktop/python/runProgram';
import { PYTHON } from './support/python';
import { temporaryFolder } from './support/temporary';

const MACHINE: JaxMachine = {
  python: { executable: '/usr/bin/python3', version: [3, 12, 1] },
  platform: 'linux',
  arch: 'x64',
  nvidiaDriver: null,
};

describe('the plan of a JAX environment', () => {
  it('asks for the JAX that fits the driver, the system and the Python', () => {
    const of = (more: Partial<JaxMachine>) => jaxRequirement({ ...MACHINE, ...more });
    const old = { executable: '/p', version: [3, 10, 4] as const };
    assert.equal(of({}), 'jax==0.10.2');
    assert.equal(of({ nvidiaDriver: '580.65.06' }), 'jax[cuda13]==0.10.2');
    assert.equal(of({ nvidiaDriver: '535.104.05' }), 'jax[cuda12]==0.10.2');
    assert.equal(of({ nvidiaDriver: '470.1' }), 'jax==0.10.2');
    assert.equal(of({ nvidiaDriver: '580.1', platform: 'win32' }), 'jax==0.10.2');
    assert.equal(of({ platform: 'darwin', arch: 'arm64' }), 'jax==0.10.2');
    assert.equal(of({ python: old }), 'jax==0.6.2');
    assert.equal(of({ python: old, nvidiaDriver: '580.1' }), 'jax[cuda12]==0.6.2');
  });

  it('touches nothing but its own folder, and can be shown', () => {
    const plan = planJaxEnvironment('/store/jax env', MACHINE);
    assert.equal(plan.executable, '/store/jax env/bin/python');
    const [make, install] = plan.commands.map((each) => shownCommand(each, 'linux'));
    assert.equal(make, "/usr/bin/python3 -m venv --clear '/store/jax env'");
    assert.match(install ?? '', /^'\/store\/jax env\/bin\/python' -m pip install .* jax==0\.10\.2$/);
  });

  it('quotes what a shell would take apart', () => {
    const quoted = shownCommand({ purpose: '', command: ['pip', "jax[cuda12]'x"] }, 'linux');
    assert.equal(quoted, "pip 'jax[cuda12]'\\''x'");
  });
});

describe('making a JAX environment', () => {
  const folder = temporaryFolder();
  const plan = (): JaxEnvironmentPlan => planJaxEnvironment(path.join(folder.path, 'jax'), MACHINE);
  const options = (more: Partial<MakeOptions> = {}): MakeOptions => ({
    environment: {},
    cwd: folder.path,
    signal: new AbortController().signal,
    mayStart: () => true,
    onCommand: () => undefined,
    onOutput: () => undefined,
    ...more,
  });
  const exits =
    (ran: (readonly string[])[], failing: { at: number; stderr: string } | null = null): RunProgram =>
    (command) => {
      ran.push(command);
      const code = ran.length === failing?.at ? 1 : 0;
      return Promise.resolve({ kind: 'exit', code, stdout: '', stderr: code === 1 ? (failing?.stderr ?? '') : '' });
    };

  it('runs the planned commands and nothing else, then never again', async () => {
    const ran: (readonly string[])[] = [];
    const shown: (readonly string[])[] = [];
    const onCommand: MakeOptions['onCommand'] = ({ command }) => shown.push(command);
    const result = await makeJaxEnvironment(plan(), options({ onCommand }), exits(ran));
    assert.deepEqual(result, { ok: true, executable: plan().executable });
    assert.deepEqual(
      ran,
      plan().commands.map(({ command }) => command),
    );
    assert.deepEqual(shown, ran);
    assert.deepEqual(await makeJaxEnvironment(plan(), options(), exits(ran)), result);
    assert.equal(ran.length, 2);
    assert.equal(await finishedJaxEnvironment(plan().folder, 'linux'), plan().executable);
    assert.equal((await stat(plan().folder)).mode & 0o777, 0o700);
  });

  it('makes it anew when it was broken off, or is of another JAX', async () => {
    const ran: (readonly string[])[] = [];
    const stderr = 'ERROR: No matching distribution found for jax';
    const result = await makeJaxEnvironment(plan(), options(), exits(ran, { at: 2, stderr }));
    assert.ok(!result.ok);
    assert.equal(result.failure.detail, stderr);
    assert.match(result.failure.hint ?? '', /another interpreter/);
    assert.equal(await finishedJaxEnvironment(plan().folder, 'linux'), null);
    assert.ok((await makeJaxEnvironment(plan(), options(), exits([]))).ok);
    const other = planJaxEnvironment(plan().folder, { ...MACHINE, nvidiaDriver: '580.1' });
    const again: (readonly string[])[] = [];
    assert.ok((await makeJaxEnvironment(other, options(), exits(again))).ok);
    assert.equal(again.length, 2);
  });

  it('starts nothing when it may not, asked before each command', async () => {
    const ran: (readonly string[])[] = [];
    let asked = 0;
    const mayStart = () => ++asked < 2;
    const result = await makeJaxEnvironment(plan(), options({ mayStart }), exits(ran));
    assert.ok(!result.ok && result.failure.kind === 'cancelled');
    assert.equal(ran.length, 1);
    assert.equal(await finishedJaxEnvironment(plan().folder, 'linux'), null);
  });

  it('is left to one of two who want it at once, and to the next when that one is done or was killed', async () => {
    const ran: (readonly string[])[] = [];
    let finish: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (finish = resolve));
    const slow: RunProgram = async (command) => {
      await waiting;
      return exits(ran)(command, { environment: {}, cwd: folder.path });
    };
    const first = makeJaxEnvironment(plan(), options(), slow);
    const lock = `${plan().folder}.lock`;
    while (!existsSync(lock)) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await makeJaxEnvironment(plan(), options(), exits(ran));
    assert.ok(!second.ok && second.failure.message.includes(String(process.pid)));
    assert.ok(second.failure.hint?.includes(lock));
    assert.equal(ran.length, 0);
    finish();
    assert.ok((await first).ok);
    assert.equal(existsSync(lock), false);

    const gone = spawnSync(process.execPath, ['--version']).pid;
    await writeFile(lock, String(gone));
    await rm(stampOf(plan().folder));
    assert.ok((await makeJaxEnvironment(plan(), options(), exits(ran))).ok);
    assert.equal(existsSync(lock), false);
  });

  it('makes a real environment, and can be cancelled in the middle', async function () {
    this.timeout(60_000);
    const machine = { ...MACHINE, python: { executable: PYTHON, version: [3, 12, 0] as const } };
    const real = planJaxEnvironment(path.join(folder.path, 'real'), machine);
    const [make] = real.commands;
    assert.ok(make);
    const abort = new AbortController();
    const wait = { purpose: 'Wait', command: [real.executable, '-c', 'print("here", flush=True); input()'] as const };
    const sleep = {
      purpose: 'Sleep',
      command: [real.executable, '-c', 'print("here", flush=True); import time; time.sleep(600)'] as const,
    };
    const environment = installerEnvironment(process.env, process.platform);
    const onOutput = (text: string) => {
      if (text.includes('here')) abort.abort();
    };
    const made = { ...make, command: [...make.command, '--without-pip'] as const };
    const failed = await makeJaxEnvironment({ ...real, commands: [made, wait] }, options({ environment }), runProgram);
    assert.ok(!failed.ok && failed.failure.message.includes('exit status 1'), 'standard input is empty');
    const cancelled = await makeJaxEnvironment(
      { ...real, commands: [made, sleep] },
      options({ environment, signal: abort.signal, onOutput }),
      runProgram,
    );
    assert.ok(!cancelled.ok && cancelled.failure.kind === 'cancelled');
    assert.match(await readFile(path.join(real.folder, 'pyvenv.cfg'), 'utf8'), /home/);
    assert.equal(await finishedJaxEnvironment(real.folder, 'linux'), null);
  });
});
