/** `check --fix` and `--diff`: what is written, and above all what is not. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, lstat, readFile, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadGrammar, RuleView, SILENT } from '../../src/core';
import type { Finding } from '../../src/core';
import { PythonAnalysis } from '../../src/cli/analysis/pythonAnalysis';
import { Assets } from '../../src/cli/assets';
import { draftOf } from '../../src/cli/fix/draft';
import { editedBytes } from '../../src/cli/fix/editedBytes';
import { fixInRounds } from '../../src/cli/fix/fixInRounds';
import { unifiedDiff } from '../../src/cli/fix/unifiedDiff';
import { replaceFile } from '../../src/desktop/files/replaceFile';
import { CLI, runCli } from './support/cli';
import { temporaryFolder } from './support/temporary';

const SHAPES = '# shape: a=f32[8, 16, 16], b=f32[8, 16, 16]';
const LOOP = [
  `${SHAPES}`,
  'def pairwise(a, b):',
  '    products = []',
  '    for i in range(a.shape[0]):',
  '        products.append(a[i] @ b[i])',
  '    return torch.stack(products)',
];
const FIXED = [...LOOP.slice(0, 2), '    return torch.bmm(a, b)'];
const MAPPED = [
  '# shape: m=f32[8, 16, 16], v=f32[8, 16, 16]',
  'def mapped(m, v):',
  '    return torch.stack([m[i] @ v[i] for i in range(8)])',
];
const MAPPED_FIXED = [...MAPPED.slice(0, 2), '    return torch.bmm(m, v)'];
const IMPORT = 'import torch';
/** Each function can be written in JAX. */
const LATER = ' (1 more that an editor offers: --format json)';
const text = (...parts: readonly (string | readonly string[])[]) => `${parts.flat().join('\n')}\n`;

describe('fixes on the command line', () => {
  const folder = temporaryFolder();
  const run = (...args: readonly string[]) => runCli(['check', ...args], { cwd: folder.path });
  const read = (name: string, encoding: BufferEncoding = 'utf8') => readFile(path.join(folder.path, name), encoding);

  it('apply what is safe, tell what remains, and find nothing the second time', async () => {
    await folder.write('a.py', text(IMPORT, LOOP, MAPPED));
    await folder.write('sub/b.py', text(IMPORT, MAPPED));
    await folder.write('c.py', 'import torch\n');
    const first = await run('--fix', '.');
    assert.deepEqual(
      [first.status, first.stdout, first.stderr],
      [0, `Nothing found in 3 files${LATER.replace('1', '3')}.\nFixed 3 in 2 files.\n`, ''],
    );
    assert.equal(await read('a.py'), text(IMPORT, FIXED, MAPPED_FIXED));
    assert.equal(await read('sub/b.py'), text(IMPORT, MAPPED_FIXED));
    const before = (await stat(path.join(folder.path, 'a.py'))).mtimeMs;
    assert.match((await run('--fix', '.')).stdout, /\nNothing fixed\.\n$/);
    assert.equal((await stat(path.join(folder.path, 'a.py'))).mtimeMs, before);
    assert.deepEqual((await readdir(folder.path)).sort(), ['a.py', 'c.py', 'sub']);
  });

  it('go on where one fix has to wait for another', async () => {
    // Each takes a loop away, and what stands before it: not both at once.
    const loop = (name: string, at: string, product: string) => [
      `    ${name} = torch.empty(8, 16, 16)`,
      `    for ${at} in range(a.shape[0]):`,
      `        ${name}[${at}] = ${product}`,
    ];
    const body = [...loop('p', 'i', 'a[i] @ b[i]'), ...loop('q', 'j', 'b[j] @ a[j]'), '    return p + q'];
    await folder.write('two.py', text(IMPORT, SHAPES, 'def f(a, b):', body));
    assert.match((await run('--fix', '--unsafe', 'two.py')).stdout, /Fixed 2 in 1 file\.\n$/);
    const fixed = await read('two.py');
    assert.ok(!fixed.includes('for '), fixed);
    await run('--fix', '--unsafe', 'two.py');
    assert.equal(await read('two.py'), fixed);
  });

  it('leave what is unsafe to --unsafe', async () => {
    const source = text(
      IMPORT,
      SHAPES,
      'def f(a, b):',
      '    return torch.stack([a[i] @ b[i] for i in range(len(a))]).sum(0)',
    );
    await folder.write('open.py', source.replace(SHAPES, '').replace('(a, b)', '(a: torch.Tensor, b: torch.Tensor)'));
    const before = await read('open.py');
    assert.match((await run('--fix', 'open.py')).stdout, /\nNothing fixed \(1 more needs --unsafe\)\.\n$/);
    assert.equal(await read('open.py'), before);
    assert.match((await run('--fix', '--unsafe', 'open.py')).stdout, /Fixed 1 in 1 file\.\n$/);
    assert.match(await read('open.py'), /vmap/);
  });

  it('fix what only a lightbulb offers where it is named', async () => {
    const source = text(
      IMPORT,
      'def gate(x: torch.Tensor, w: torch.Tensor, v: torch.Tensor) -> torch.Tensor:',
      '    h = x @ w',
      '    return torch.sigmoid(h) * torch.tanh(x @ v) + h * 0.5 - x.mean(-1, keepdim=True)',
    );
    await folder.write('bulb.py', source);
    await run('--fix', '--unsafe', 'bulb.py');
    assert.equal(await read('bulb.py'), source);
    await run('--fix', '--unsafe', '--select', 'MM201', 'bulb.py');
    assert.match(await read('bulb.py'), /@torch\.compile\ndef gate/);
  });

  it('keep tabs, and every line ending as it is', async () => {
    const tabs = (lines: readonly string[]) => lines.map((each) => each.replaceAll('    ', '\t'));
    const mixed = (lines: readonly string[]) => `${lines.slice(0, 2).join('\n')}\n${lines.slice(2).join('\r\n')}\r\n`;
    await folder.write('mixed.py', `${IMPORT}\r\n${mixed(tabs(LOOP))}# end\n${mixed(tabs(MAPPED))}x = 1`);
    await folder.write('old.py', text(IMPORT, LOOP).replaceAll('\n', '\r'));
    await run('--fix', '.');
    assert.equal(await read('mixed.py'), `${IMPORT}\r\n${mixed(tabs(FIXED))}# end\n${mixed(tabs(MAPPED_FIXED))}x = 1`);
    assert.equal(await read('old.py'), text(IMPORT, FIXED).replaceAll('\n', '\r'));
  });

  it('keep the encoding, and its byte order mark', async () => {
    const inEach = (head: string, lines: readonly string[]) => text(head, IMPORT, 'name = "é😀"', lines, '# ü');
    const latin = (lines: readonly string[]) =>
      Buffer.from(text('# -*- coding: latin-1 -*-', IMPORT, '# é\x85', lines, 'x = "ü"'), 'latin1');
    const named = [
      'def f():',
      '    größe = torch.randn(8, 16, 16)',
      '    return torch.stack([größe[i] @ größe[i] for i in range(8)])',
    ];
    const namedFixed = named.with(2, '    return torch.bmm(größe, größe)');
    await folder.write('mark.py', `\ufeff${inEach('', LOOP)}`);
    await folder.write('latin.py', latin([...LOOP, ...named]));
    const japanese = (lines: readonly string[]) =>
      Buffer.concat([
        Buffer.from(`# coding: shift_jis\n${IMPORT}\nx = "`),
        // The second one ends with the byte of a backslash.
        Buffer.from([0x93, 0xfa, 0x83, 0x5c]),
        Buffer.from(`"\n${text(lines)}`),
      ]);
    await folder.write('japanese.py', japanese(LOOP));
    await run('--fix', '.');
    assert.equal(await read('mark.py'), `\ufeff${inEach('', FIXED)}`);
    assert.deepEqual(await readFile(path.join(folder.path, 'latin.py')), latin([...FIXED, ...namedFixed]));
    assert.deepEqual(await readFile(path.join(folder.path, 'japanese.py')), japanese(FIXED));
  });

  it('do not touch a file that is not in its own encoding', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${IMPORT}\nx = "`),
      Buffer.from([0xff]),
      Buffer.from(`"\n${text(LOOP)}`),
    ]);
    await folder.write('torn.py', bytes);
    const { stderr, stdout } = await run('--fix', 'torn.py');
    assert.match(stderr, /^torn\.py:6:5: the fix of MM101 is left out: it cannot be written into this file\n$/);
    assert.match(stdout, /MM101[^]*Nothing fixed\.\n$/);
    assert.deepEqual(await readFile(path.join(folder.path, 'torn.py')), bytes);
  });

  it('keep modes and links', async () => {
    const file = await folder.write('real/script.py', text(IMPORT, MAPPED));
    await chmod(file, 0o751);
    await symlink(path.join('real', 'script.py'), path.join(folder.path, 'link.py'));
    // One file by two names is fixed once.
    const { stdout, stderr } = await run('--fix', '.');
    assert.equal(stderr, '');
    assert.match(stdout, /Fixed 1 in 1 file\.\n$/);
    assert.ok((await lstat(path.join(folder.path, 'link.py'))).isSymbolicLink());
    assert.equal((await stat(file)).mode & 0o777, 0o751);
    assert.equal(await read('real/script.py'), text(IMPORT, MAPPED_FIXED));
  });

  it('refuse a file that is read-only, and fix the others', async () => {
    const file = await folder.write('locked.py', text(IMPORT, MAPPED));
    await chmod(file, 0o444);
    await folder.write('open.py', text(IMPORT, MAPPED));
    const { status, stdout, stderr } = await run('--fix', '.');
    assert.equal(status, 2);
    assert.equal(stderr, 'matmul-lens: locked.py is read-only: nothing was written\n');
    assert.match(stdout, /^locked\.py:4:12: MM101 [^]*Found 1 in 2 files[^]*\.\nFixed 1 in 1 file\.\n$/);
    assert.equal(await read('locked.py'), text(IMPORT, MAPPED));
  });

  it('refuse a file that has changed since it was read', async () => {
    const file = await folder.write('a.py', 'x = 2\n');
    const outcome = replaceFile(file, Buffer.from('x = 1\n'), Buffer.from('x = 3\n'));
    assert.ok(!outcome.ok);
    assert.match(outcome.reason, /^was changed while it was analysed/);
    assert.equal(await read('a.py'), 'x = 2\n');
    assert.deepEqual(await readdir(folder.path), ['a.py']);
    assert.deepEqual(replaceFile(file, Buffer.from('x = 1\n'), Buffer.from('x = 2\n')), { ok: true, how: 'same' });
    assert.deepEqual(replaceFile(file, Buffer.from('x = 2\n'), Buffer.from('x = 4\n')), { ok: true, how: 'written' });
    const gone = replaceFile(path.join(folder.path, 'b.py'), Buffer.from(''), Buffer.from('x'));
    assert.ok(!gone.ok && gone.reason.includes('ENOENT'));
  });

  it('leave out a fix that would break the code, and apply the others', async () => {
    const source = 'import torch\na = 1\nb = 2\nc = 3\n';
    const finding = (word: string, newText: string): Finding => {
      const start = source.indexOf(word);
      const span = { start, end: start + word.length };
      const said = { code: 'MM301', name: 'x', severity: 'hint', surface: 'hint', message: word } as const;
      const fix = { title: 'x', applicability: 'safe', edits: [{ ...span, newText }] } as const;
      return { ...span, ...said, fixes: [fix], related: [], owner: '' };
    };
    const python = new PythonAnalysis(await loadGrammar(await new Assets(path.dirname(CLI)).grammar()), []);
    const draft = draftOf(Buffer.from(source), false);
    assert.ok(draft.ok);
    // What the analysis says afterwards is not what this is about: the good fix comes with the first attempt.
    const found = [finding('a = 1', 'a = 4'), finding('b = 2', 'b = ('), finding('c = 3', 'c = 5')];
    const fixing = await fixInRounds(draft, found, {
      analyze: (each) => Promise.resolve(python.of(each)),
      ...{ python, view: new RuleView([SILENT]), columns: 'utf8', fix: 'safe' },
    });
    assert.equal(Buffer.from(fixing.after).toString(), source.replace('a = 1', 'a = 4'));
    const alone = await fixInRounds(draft, found.slice(1, 2), {
      analyze: (each) => Promise.resolve(python.of(each)),
      ...{ python, view: new RuleView([SILENT]), columns: 'utf8', fix: 'safe' },
    });
    assert.deepEqual([alone.applied, Buffer.from(alone.after).toString()], [0, source]);
    assert.match(alone.refused[0]?.reason ?? '', /the fix of MM301 is left out: the fixed code would not parse/);
  });

  it('print the fixed text of standard input, and nothing else', async () => {
    const crlf = text(IMPORT, LOOP).replaceAll('\n', '\r\n');
    const fixed = await runCli(['check', '--fix', '-'], { input: `\ufeff${crlf}` });
    assert.equal(fixed.stdout, `\ufeff${text(IMPORT, FIXED).replaceAll('\n', '\r\n')}`);
    assert.equal(fixed.stderr, `Nothing found in 1 file${LATER}.\nFixed 1 in 1 file.\n`);
    const untouched = await runCli(['check', '--fix', '-'], { input: 'print( 1 )\r\n' });
    assert.equal(untouched.stdout, 'print( 1 )\r\n');
  });

  it('count what remains for the exit status', async () => {
    await folder.write('wrong.py', text(IMPORT, 'a = torch.zeros(3, 4)', 'print(a @ a)', MAPPED));
    const diff = await run('--diff', '--fail-on', 'hint', 'wrong.py');
    assert.equal(diff.status, 1);
    assert.equal((await run('--fix', 'wrong.py')).status, 1);
    assert.equal((await run('--fix', '--ignore', 'MM901', '--fail-on', 'hint', 'wrong.py')).status, 0);
  });

  it('are shown as a diff that patch and git apply', async () => {
    const sources: Readonly<Record<string, string | Buffer>> = {
      'a b.py': text(IMPORT, LOOP, Array<string>(20).fill('x = 1'), MAPPED),
      'sub/crlf.py': text(IMPORT, MAPPED, LOOP).replaceAll('\n', '\r\n').trimEnd(),
      'latin.py': Buffer.from(text('# coding: latin-1', IMPORT, '# é', MAPPED), 'latin1'),
      'same.py': text(IMPORT),
    };
    for (const [name, content] of Object.entries(sources)) await folder.write(name, content);
    // `runCli` decodes what is printed; a diff of Latin-1 is none of UTF-8.
    const diff = execFileSync(process.execPath, [CLI, 'check', '--diff', '.'], {
      cwd: folder.path,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    for (const [name, content] of Object.entries(sources)) {
      assert.deepEqual(await readFile(path.join(folder.path, name)), Buffer.from(content as string), name);
    }
    await writeFile(path.join(folder.path, 'x.patch'), diff);
    const inFolder = { cwd: folder.path, stdio: 'pipe' } as const;
    execFileSync('git', ['apply', '-p0', '--check', 'x.patch'], inFolder);
    execFileSync('patch', ['-p0', '--binary', '--input', 'x.patch'], inFolder);
    const patched = await Promise.all(Object.keys(sources).map((name) => readFile(path.join(folder.path, name))));
    for (const [name, content] of Object.entries(sources)) await folder.write(name, content);
    const said = await run('--diff', '.');
    assert.equal(said.stderr, 'Would fix 5 in 3 files.\n');
    await run('--fix', '.');
    for (const [index, name] of Object.keys(sources).entries()) {
      assert.deepEqual(await readFile(path.join(folder.path, name)), patched[index], name);
    }
  });

  it('change the sources of cells and nothing else of a notebook', async () => {
    const notebook = {
      cells: [
        { cell_type: 'code', metadata: { note: 'é' }, outputs: [], source: [`${IMPORT}\n`, '%matplotlib inline'] },
        {
          ...{ cell_type: 'code', execution_count: 3, metadata: {}, outputs: [{ data: { x: 'cells' } }] },
          source: LOOP.map((each, at) => (at < LOOP.length - 1 ? `${each}\n` : each)),
        },
        { cell_type: 'code', metadata: {}, source: text(MAPPED, '# é') },
        { cell_type: 'markdown', metadata: {}, source: ['a @ b @ c'] },
      ],
      ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
    };
    const json = `${JSON.stringify(notebook, null, 1)}\n`;
    await folder.write('n.ipynb', json);
    await folder.write('ascii.ipynb', json.replaceAll('é', '\\u00e9').replaceAll('\n', '\r\n'));
    const { stdout } = await run('--fix', '.');
    assert.match(stdout, /Fixed 4 in 2 files\.\n$/);
    const [, loop, chain] = notebook.cells;
    assert.ok(loop && chain);
    loop.source = FIXED.map((each, at) => (at < FIXED.length - 1 ? `${each}\n` : each));
    chain.source = text(MAPPED_FIXED, '# é');
    const fixed = `${JSON.stringify(notebook, null, 1)}\n`;
    assert.equal(await read('n.ipynb'), fixed);
    assert.equal(await read('ascii.ipynb'), fixed.replaceAll('é', '\\u00e9').replaceAll('\n', '\r\n'));
  });

  it('leave magics in cells as they are', async () => {
    const source = ['%pylab', ...MAPPED, '', 'x = %time mapped(1, 2)', '!ls'].join('\n');
    const json = (code: string) =>
      JSON.stringify({
        cells: [IMPORT, code].map((each) => ({ cell_type: 'code', metadata: {}, outputs: [], source: each })),
        ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
      });
    await folder.write('magic.ipynb', json(source));
    await run('--fix', 'magic.ipynb');
    assert.equal(await read('magic.ipynb'), json(source.replace(MAPPED[2] ?? '', MAPPED_FIXED[2] ?? '')));
  });
});

describe('edits in bytes', () => {
  it('take the line ending of their place', () => {
    const bytes = Buffer.from('a\r\nb\nc\rd');
    const edits = ['a', 'b', 'c', 'd'].map((each) => {
      const start = bytes.indexOf(each);
      return { start, end: start + 1, newText: `${each}\n!` };
    });
    assert.equal(Buffer.from(editedBytes(bytes, edits) ?? []).toString(), 'a\r\n!\r\nb\n!\nc\r!\rd\r!');
  });

  it('are refused where a character cannot be written', () => {
    const bytes = Buffer.from('# coding: latin-1\nx = 1\n');
    assert.equal(editedBytes(bytes, [{ start: 18, end: 19, newText: 'é' }]), null);
  });
});

describe('a diff', () => {
  const diff = (before: string, after: string) =>
    Buffer.from(unifiedDiff('x.py', Buffer.from(before), Buffer.from(after))).toString();

  it('is empty where nothing changes', () => {
    assert.equal(diff('a\nb\n', 'a\nb\n'), '');
  });

  it('tells of ends without a line break, and of empty files', () => {
    assert.equal(diff('a', 'b\n'), '--- x.py\n+++ x.py\n@@ -1,1 +1,1 @@\n-a\n\\ No newline at end of file\n+b\n');
    assert.equal(diff('', 'b\n'), '--- x.py\n+++ x.py\n@@ -0,0 +1,1 @@\n+b\n');
    assert.equal(diff('b\n', ''), '--- x.py\n+++ x.py\n@@ -1,1 +0,0 @@\n-b\n');
  });

  it('makes one text the other, whatever they are', () => {
    // A cheap generator, so that a failure comes again.
    let state = 7;
    const below = (most: number) => (state = (state * 1103515245 + 12345) % 2147483648) % most;
    for (let round = 0; round < 300; round++) {
      const lines = Array.from({ length: below(12) }, () => `${below(4)}\n`);
      const other = lines.flatMap((each) => (below(4) === 0 ? [] : below(4) === 0 ? [each, `${below(4)}\n`] : [each]));
      const [before, after] = [lines.join(''), other.join('')];
      assert.equal(patched(before, diff(before, after)), after);
    }
  });

  function patched(before: string, patch: string): string {
    const lines = before.split(/(?<=\n)/);
    const result: string[] = [];
    let at = 0;
    for (const line of patch.split(/(?<=\n)/).slice(2)) {
      const start = /^@@ -(\d+),(\d+)/.exec(line);
      if (start) {
        const first = Number(start[1]) - (start[2] === '0' ? 0 : 1);
        result.push(...lines.slice(at, first));
        at = first;
      } else if (line.startsWith('+')) result.push(line.slice(1));
      else {
        assert.equal(lines[at], line.slice(1));
        if (line.startsWith(' ')) result.push(line.slice(1));
        at++;
      }
    }
    return [...result, ...lines.slice(at)].join('');
  }
});
