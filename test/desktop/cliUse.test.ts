/** How the command line is used and misused: words, exit statuses, streams. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { runCli, startCli } from './support/cli';
import { temporaryFolder } from './support/temporary';

const PRODUCT = 'import torch\n\n\ndef f(a, b):\n    return torch.matmul(a, b)\n';

/** What is typed, and what is answered. */
const MISUSES: readonly (readonly [readonly string[], RegExp])[] = [
  [['chekc', 'x'], /unknown command chekc \(did you mean check\?\)/],
  [['--hlep'], /unknown option --hlep \(did you mean --help\?\)/],
  [['ops', '--fromat', 'text', 'x'], /ops: unknown option --fromat \(did you mean --format\?\)/],
  [['ops', '--format', 'jsnl', 'x'], /--format is one of text, jsonl, not jsnl \(did you mean jsonl\?\)/],
  [['ops', '--format'], /--format needs a value/],
  [['ops', '--jobs', '0', 'x'], /--jobs is a number from 1/],
  [['ops'], /name a file or a folder/],
  [['check', '--select', 'MM999', 'x'], /there is no rule MM999/],
  [['check', '--verify', '--fix', 'x'], /--verify changes nothing: leave --fix and --diff out/],
  [['check', '--verify', '--format', 'sarif', 'x'], /--verify tells in text or json/],
  [['check', '--unsafe', 'x'], /--unsafe goes with --fix or --diff/],
  [['check', '--diff', '--format', 'json', 'x'], /--diff prints a diff: leave --format out/],
  [['check', '--fix', '-', 'x'], /--fix prints the fixed text of -: name nothing beside it/],
  [['check', '--fix', '--format', 'json', '-'], /--fix prints the fixed text of -: leave --format out/],
  [['check', '--format', 'sarfi', 'x'], /not sarfi \(did you mean sarif\?\)/],
  [['check', '--fail-on', 'warning', 'x'], /--fail-on is one of hint, information, error/],
  [['check', '--fix=yes', 'x'], /--fix takes no value/],
  [['convert', 'x.py'], /--to jax/],
  [['convert', 'x.py', '--to', 'flax'], /--to flax is not available in this version/],
  [['bench'], /name one FILE/],
  [['bench', 'x.py', '--out', '--yes'], /--out needs a value/],
  [['record', '--', 'train.py'], /record is not available in this version/],
  [['doctor', 'x'], /takes no operands/],
  [['ops', 'missing.py'], /missing\.py does not exist/],
  [['check', 'missing.py'], /missing\.py does not exist/],
  [['convert', 'missing.py', '--to', 'jax'], /missing\.py does not exist/],
  [['convert', 'x.ipynb', '--to', 'jax'], /x\.ipynb is a notebook: name a Python file/],
  [['bench', 'missing.py:f', '--yes'], /missing\.py does not exist/],
];

describe('the command line', () => {
  const folder = temporaryFolder();

  it('helps, for all commands and for each', async () => {
    const names = ['check', 'ops', 'convert', 'bench', 'record', 'doctor'];
    const overview = await runCli(['--help']);
    assert.equal(overview.status, 0);
    const helps = await Promise.all(names.map((name) => runCli([name, '--help'])));
    for (const [index, name] of names.entries()) {
      assert.match(overview.stdout, new RegExp(`^  ${name} `, 'm'));
      assert.equal(helps[index]?.status, 0);
      assert.match(helps[index]?.stdout ?? '', new RegExp(`^Usage: matmul-lens ${name}`));
    }
  });

  it('tells its version', async () => {
    const { status, stdout } = await runCli(['--version']);
    assert.equal(status, 0);
    assert.match(stdout, /^matmul-lens \d+\.\d+\.\d+\n$/);
  });

  it('answers each misuse with one line and status 2', async () => {
    // All at once: most of the time is the start of the process.
    const answers = await Promise.all(MISUSES.map(([args]) => runCli(args, { cwd: folder.path })));
    for (const [index, [args, message]] of MISUSES.entries()) {
      const { status, stdout, stderr } = answers[index] ?? assert.fail();
      const asked = args.join(' ');
      assert.deepEqual([asked, status, stdout], [asked, 2, '']);
      assert.match(stderr, message);
      assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    }
  });

  it('reads standard input as <stdin>', async () => {
    const { status, stdout } = await runCli(['ops', '-', '--format', 'jsonl'], { input: PRODUCT });
    assert.equal(status, 0);
    const operation = JSON.parse(stdout) as Record<string, unknown>;
    assert.equal(operation.file, '<stdin>');
    assert.deepEqual([operation.line, operation.col, operation.end_line, operation.end_col], [5, 11, 5, 29]);
    assert.equal(operation.op, 'matmul');
    assert.equal(operation.function, 'f');
    assert.equal(operation.framework, 'torch');
  });

  it('prints files in their order on any number of threads', async () => {
    for (let index = 0; index < 60; index++) await folder.write(`pkg/m${String(index).padStart(2, '0')}.py`, PRODUCT);
    const [one, four] = await Promise.all(
      ['1', '4'].map((jobs) => runCli(['ops', 'pkg', '--format', 'jsonl', '--jobs', jobs], { cwd: folder.path })),
    );
    assert.equal(one?.stdout.split('\n').length, 61);
    assert.equal(four?.stdout, one?.stdout);
    assert.match(one?.stdout ?? '', /^\{"file":"pkg\/m00\.py"/);
  });

  it('fails a check for an error, and tells where its shapes come from', async () => {
    const input = 'import torch\n\na = torch.zeros(3, 4)\nprint(a @ a)\n';
    const run = (...args: readonly string[]) => runCli(['check', '-', ...args], { input });
    const [text, json, other] = await Promise.all([
      run('--fail-on', 'error'),
      run('--fail-on', 'error', '--format', 'json'),
      run('--ignore', 'MM9'),
    ]);
    assert.deepEqual([text.status, json.status, other.status], [1, 1, 0]);
    assert.match(text.stdout, /^<stdin>:4:7: MM901 error `a` \(3, 4\) .*\n {4}<stdin>:3:5: /);
    const [finding] = JSON.parse(json.stdout) as Record<string, unknown>[];
    assert.equal(finding?.severity, 'error');
    assert.equal((finding.related as { line: number }[])[0]?.line, 3);
  });

  it('writes no colours into a pipe', async () => {
    const { stdout, stderr } = await runCli(['ops', '-'], { input: PRODUCT, variables: { TERM: 'xterm-256color' } });
    assert.ok(!`${stdout}${stderr}`.includes('\u001b'));
  });

  it('ends quietly when nobody reads on', async () => {
    for (let index = 0; index < 400; index++) await folder.write(`m${index}.py`, PRODUCT.repeat(20));
    const child = startCli(['ops', '.', '--format', 'jsonl', '--jobs', '1'], { cwd: folder.path });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout?.once('data', () => child.stdout?.destroy());
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  it('ends with 130 on Ctrl-C', async () => {
    const child = startCli(['ops', '-']);
    // It waits for its input.
    setTimeout(() => child.kill('SIGINT'), 700);
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 130);
  });

  it('shows what a name of a file really is', async () => {
    const name = 'a\u202eb\nc.py';
    await folder.write(name, PRODUCT);
    const { stdout } = await runCli(['ops', name], { cwd: folder.path });
    assert.match(stdout, /^a\\u\{202e\}b\\nc\.py:5:12: /);
  });

  it('takes a name that looks like an option behind --', async () => {
    await folder.write('--help.py', PRODUCT);
    assert.match((await runCli(['ops', '--', '--help.py'], { cwd: folder.path })).stdout, /^--help\.py:5:12/);
  });
});
