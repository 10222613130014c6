/** `[tool.matmul-lens]` of a project, on the command line. */
import assert from 'node:assert/strict';
import { runCli } from './support/cli';
import { temporaryFolder } from './support/temporary';

const SOURCE = `import torch

print(torch.zeros(3, 4) @ torch.zeros(3, 4))


# shape: m=f32[64, 64], v=f32[64]
def chain(m, v):
    return m @ m @ v
`;

describe('a project', () => {
  const folder = temporaryFolder();
  const run = (...args: readonly string[]) => runCli(['check', ...args], { cwd: folder.path });
  const codes = async (...args: readonly string[]) => {
    const { stdout } = await run('--format', 'json', ...args);
    return (JSON.parse(stdout) as { file: string; code: string; severity: string }[])
      .filter(({ code }) => code !== 'MM501')
      .map(({ file, code, severity }) => `${file} ${code} ${severity}`);
  };

  it('says which rules speak, and how gravely, each for its own files', async () => {
    await folder.write('pyproject.toml', '[tool.matmul-lens]\nignore = ["MM301"]\n');
    await folder.write('a.py', SOURCE);
    await folder.write('sub/pyproject.toml', '[tool.other]\n');
    await folder.write('sub/b.py', SOURCE);
    await folder.write('own/pyproject.toml', '[tool.matmul-lens.severity]\nchain-order = "error"\nMM9 = "off"\n');
    await folder.write('own/c.py', SOURCE);
    assert.deepEqual(await codes('.'), ['a.py MM901 error', 'own/c.py MM301 error', 'sub/b.py MM901 error']);
    assert.equal((await run('own')).status, 1);
    assert.deepEqual(await codes('.', '--select', 'MM3'), [
      'a.py MM301 hint',
      'own/c.py MM301 error',
      'sub/b.py MM301 hint',
    ]);
    assert.deepEqual(await codes('.', '--ignore', 'MM9'), ['own/c.py MM301 error']);
    const { stdout } = await runCli(['check', '-'], { cwd: `${folder.path}/own`, input: SOURCE });
    assert.match(stdout, /^<stdin>:8:12: MM301 error /);
  });

  it('has nothing fixed that it ignores', async () => {
    await folder.write('pyproject.toml', '[tool.matmul-lens]\nignore = ["MM301"]\n');
    await folder.write('a.py', SOURCE);
    assert.match((await run('--fix', '--unsafe', '.')).stdout, /Nothing fixed\.\n$/);
    assert.match((await run('--fix', '--unsafe', '--select', 'MM301', '.')).stdout, /Fixed 1 in 1 file\.\n$/);
  });

  it('is told once of what is wrong, where it stands, and its files wait', async () => {
    const text = '[project]\nname = "x"\n\n[tool.matmul-lens]\nselct = ["MM301"]\nignore = ["MM101", "MM999"]\n';
    await folder.write('bad/pyproject.toml', text);
    for (const name of ['bad/a.py', 'bad/b.py', 'good.py']) await folder.write(name, SOURCE);
    const { status, stdout, stderr } = await run('--fix', '--unsafe', '.');
    assert.equal(status, 2);
    assert.deepEqual(stderr.split('\n'), [
      'matmul-lens: bad/pyproject.toml:5: [tool.matmul-lens] has no key selct (did you mean select?); its keys are select, ignore, severity',
      'matmul-lens: bad/pyproject.toml:6: ignore in [tool.matmul-lens] names a rule that does not exist: MM999; a rule goes by its code (MM301), its name (chain-order) or the beginning of codes (MM3)',
      '',
    ]);
    assert.match(stdout, /^good\.py:3:7: MM901 [^]*Found 1 in 1 file[^]*Fixed 1 in 1 file\.\n$/);
    await folder.write('bad/pyproject.toml', '[tool.matmul-lens]\nignore = ["MM101"\n');
    assert.match((await run('bad')).stderr, /^matmul-lens: bad\/pyproject\.toml:\d: this is not TOML: /);
  });
});
