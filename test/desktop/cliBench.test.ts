/** `bench` and `doctor` as far as they go without the frameworks, and a race's end in words. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { RunnerEvent, newRace, reduceRace } from '../../src/protocol';
import type { RaceState } from '../../src/protocol';
import { raceText } from '../../src/cli/bench/raceText';
import jaxAbsent from '../webview/fixtures/jax-absent.json';
import mlpComplete from '../webview/fixtures/mlp-complete.json';
import { runCli, startCli } from './support/cli';
import { PYTHON, isGone } from './support/python';
import { temporaryFolder } from './support/temporary';

const PRODUCT = 'import torch\n\n\ndef f(a, b):  # shape: a=f32[8, 8], b=f32[8, 8]\n    return torch.matmul(a, b)\n';
const TWO = `${PRODUCT}\n\ndef g(a, b):  # shape: a=f32[8, 8], b=f32[8, 8]\n    return a @ b\n`;

describe('bench', () => {
  const folder = temporaryFolder();
  const bench = (...args: string[]) =>
    runCli(['bench', ...args], { cwd: folder.path, variables: { XDG_CACHE_HOME: path.join(folder.path, 'cache') } });

  it('refuses to run code without consent when there is no terminal', async () => {
    await folder.write('m.py', PRODUCT);
    const { status, stderr } = await bench('m.py:f', '--python', PYTHON);
    assert.equal(status, 2);
    assert.match(stderr, /--yes consents/);
  });

  it('names the choices when a file has several, or not the one that was named', async () => {
    await folder.write('m.py', TWO);
    const [whole, name, line] = await Promise.all(['m.py', 'm.py:h', 'm.py:1'].map((each) => bench(each, '--yes')));
    assert.match(whole?.stderr ?? '', /name one of m\.py; it has f, g/);
    assert.match(name?.stderr ?? '', /m\.py has no h to race/);
    assert.match(line?.stderr ?? '', /line 1 of m\.py is in no function/);
  });

  it('names an interpreter that does not exist or is too old', async () => {
    await folder.write('m.py', PRODUCT);
    const missing = await bench('m.py:f', '--yes', '--python', '/nowhere/python');
    assert.deepEqual([missing.status, missing.stderr], [2, 'matmul-lens: there is no interpreter /nowhere/python\n']);
    const answer = { python: [3, 8, 0], executable: '/p', packages: { torch: null, jax: null, numpy: null } };
    const old = await folder.write('old-python', `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
    await chmod(old, 0o755);
    const tooOld = await bench('m.py:f', '--yes', '--python', old);
    assert.equal(tooOld.status, 2);
    assert.match(tooOld.stderr, /old-python is Python 3\.8\.0; 3\.10 or newer is needed/);
  });

  it('takes inputs from get_inputs() where the file follows that convention', async () => {
    const problem = `import torch
import torch.nn as nn


class Model(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, a, b):
        return torch.matmul(a, b) * self.scale


def helper(a, b):
    return a @ b


def get_inputs():
    return [torch.randn(8, 8), torch.randn(8, 8)]


def get_init_inputs():
    return [2.0]
`;
    await folder.write('problem.py', problem);
    // It goes as far as to the interpreter: nothing is left to ask for.
    const { status, stderr } = await bench('problem.py', '--yes', '--python', '/nowhere/python');
    assert.deepEqual([status, stderr], [2, 'matmul-lens: there is no interpreter /nowhere/python\n']);
  });

  it('says which parameter there is not', async () => {
    await folder.write('m.py', 'import torch\n\n\ndef f(a, b):\n    return torch.matmul(a, b)\n');
    const missing = await bench('m.py:f', '--yes', '--inputs', 'a=f32[8,8], c=f32[8,8]');
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /\bc\b/);
  });

  it('tells in short what is missing when nothing can be raced', async function () {
    this.timeout(30_000);
    await folder.write('m.py', PRODUCT);
    const python = await bareEnvironment(folder.path);
    const { status, stdout, stderr } = await bench('m.py:f', '--yes', '--python', python);
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(stderr, /^PyTorch: PyTorch is not installed in /m);
    assert.match(stderr, /^JAX: JAX is not installed in /m);
    assert.match(stderr.trimEnd().split('\n').at(-1) ?? '', /^matmul-lens: /);
  });

  it('kills what it started on Ctrl-C', async () => {
    await folder.write('m.py', PRODUCT);
    // Answers the probe, then hangs as a runner that never starts.
    const answer = { python: [3, 12, 0], executable: '', packages: { torch: '2', jax: '0', numpy: '2' } };
    const python = await folder.write(
      'python',
      `#!/bin/sh\ncase " $* " in *" -c "*) echo '${JSON.stringify(answer)}'; exit;; esac\necho $$ > "${folder.path}/pid"\nsleep 600\n`,
    );
    await chmod(python, 0o755);
    const child = startCli(['bench', 'm.py:f', '--yes', '--python', python], { cwd: folder.path });
    const pid = await numberIn(path.join(folder.path, 'pid'));
    child.kill('SIGINT');
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 130);
    assert.ok(await isGone(pid, 2_000));
  });
});

describe('doctor', () => {
  const folder = temporaryFolder();

  it('tells what is missing and the command that mends it', async function () {
    this.timeout(30_000);
    const variables = { XDG_CACHE_HOME: path.join(folder.path, 'cache'), PYTHONPATH: '' };
    const python = await bareEnvironment(folder.path);
    const { status, stdout } = await runCli(['doctor', '--python', python, '--format', 'json'], { variables });
    assert.equal(status, 2);
    const diagnosis = JSON.parse(stdout) as {
      interpreters: { packages: unknown }[];
      workers: { framework: string; status: string }[];
      problems: { message: string; commands: string[][] }[];
    };
    assert.deepEqual(diagnosis.interpreters[0]?.packages, { torch: null, jax: null, numpy: null });
    assert.deepEqual(
      diagnosis.workers.map((worker) => [worker.framework, worker.status]),
      [
        ['torch', 'absent'],
        ['jax', 'absent'],
      ],
    );
    const [torch, jax] = diagnosis.problems;
    assert.deepEqual(torch?.commands, [[python, '-m', 'pip', 'install', 'torch']]);
    assert.equal(jax?.commands.length, 2);
    const text = await runCli(['doctor', '--python', python], { variables });
    assert.ok(text.stdout.includes(`${python} -m pip install torch`));
  });

  it('says that there is no Python', async () => {
    const variables = { PATH: folder.path, VIRTUAL_ENV: '', CONDA_PREFIX: '' };
    const { status, stdout } = await runCli(['doctor'], { cwd: folder.path, variables });
    assert.equal(status, 2);
    assert.match(stdout, /no Python was found/);
  });
});

describe('the end of a race in words', () => {
  const plain = (_look: string, text: string) => text;

  it('has the verdict of each mode first, then a table with what it rests on', () => {
    const text = raceText(played(mlpComplete), plain);
    const [first, second] = text.split('\n');
    assert.equal(first, 'Forward: PyTorch eager is fastest; the next best, JAX jit + vmap, takes 1.5× the time.');
    assert.match(
      second ?? '',
      /^Training step: JAX jit \+ vmap is 2\.4× as fast as PyTorch eager \(2\.4× to 2\.5×\)\.$/,
    );
    assert.match(text, /^MLP\(d_model=64, d_hidden=256\) with x: f32\[32,64\]$/m);
    assert.match(text, /^Forward +Verdict +Median +95 % interval +Speed-up/m);
    assert.match(text, /^JAX jit +slower +25\.5 µs +25\.4 to 25\.7 µs +0\.68× /m);
    assert.match(text, /^PyTorch compiled +slower .* 780 ms +never$/m);
  });

  it('says once why a framework took no part', () => {
    const text = raceText(played(jaxAbsent), plain);
    assert.equal(text.match(/^JAX: JAX is not installed/gm)?.length, 1);
    assert.match(text, /^JAX jit +skipped /m);
  });

  it('has no verdict when the race was broken off', () => {
    const race = played(mlpComplete, 'comparisons');
    const failed = reduceRace(race, {
      type: 'failed',
      race: race.id,
      failure: { kind: 'workerDied', message: 'The runner was ended by SIGKILL.' },
    });
    const text = raceText(failed, plain);
    assert.match(text, /^Forward: no verdict; the race was broken off\.$/m);
    assert.ok(!/ faster| slower/.test(text));
  });
});

/** A recorded race after its events, up to the first of a type. */
function played(recording: { readonly events: readonly unknown[] }, last?: RunnerEvent['type']): RaceState {
  const events = recording.events.map((event) => v.parse(RunnerEvent, event));
  const end = last ? events.findIndex(({ type }) => type === last) : events.length - 1;
  const started = events.find((event) => event.type === 'started') ?? assert.fail('the recording has no start');
  return events.slice(0, end + 1).reduce(reduceRace, newRace(started.race));
}

async function numberIn(file: string): Promise<number> {
  for (const until = performance.now() + 8_000; performance.now() < until; await sleep(20)) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/^\d+\n$/.test(text)) return Number(text);
  }
  return assert.fail(`nothing was written to ${file}`);
}

/** The interpreter of an environment without any package. */
async function bareEnvironment(folder: string): Promise<string> {
  const child = spawn(PYTHON, ['-m', 'venv', '--without-pip', path.join(folder, 'bare')], { stdio: 'ignore' });
  const [status] = (await once(child, 'close')) as [number | null];
  assert.equal(status, 0);
  return path.join(folder, 'bare', 'bin', 'python');
}
