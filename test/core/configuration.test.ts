/** What a project and a reader may say of the rules, and what is answered when they say something else. */
import assert from 'node:assert/strict';
import { ProjectRuleFinder, readRuleLayer, RuleView, SILENT } from '../../src/core';
import type { RuleLayer } from '../../src/core';
import { readProjectFile } from '../../src/core/configuration/projectFile';
import { readToml } from '../../src/core/configuration/toml';

const hint = { code: 'MM301', severity: 'hint', surface: 'hint' } as const;
const bulb = { code: 'MM201', severity: 'hint', surface: 'lightbulb' } as const;

const layerOf = (data: unknown): RuleLayer => {
  const { layer, problems } = readRuleLayer(data);
  assert.deepEqual(problems, []);
  return layer;
};

describe('the configuration of rules', () => {
  it('has rules by code, by name and by the beginning of codes', () => {
    const view = new RuleView([layerOf({ ignore: ['chain-order', 'mm9', 'MM201'] })]);
    assert.deepEqual(
      ['MM301', 'MM901', 'MM904', 'MM201', 'MM101'].map((code) => view.isOn(code)),
      [false, false, false, false, true],
    );
  });

  it('shows what only a lightbulb offers where a selection names it', () => {
    assert.deepEqual(
      [hint, bulb].map((each) => new RuleView([SILENT]).isShown(each)),
      [true, false],
    );
    const view = new RuleView([layerOf({ select: ['MM2'] })]);
    assert.deepEqual(
      [hint, bulb].map((each) => view.isShown(each)),
      [false, true],
    );
  });

  it('listens to a race of the very code before it asks what a rule gains elsewhere', () => {
    const unmeasured = { ...hint, code: 'MM999' };
    const view = new RuleView([SILENT]);
    const shown = (outcome: 'gains' | 'loses' | null) =>
      [hint, unmeasured, bulb].map((each) => view.isShown(each, outcome));
    assert.deepEqual(shown(null), [true, false, false]);
    assert.deepEqual(shown('gains'), [true, true, false]);
    assert.deepEqual(shown('loses'), [false, false, false]);
    assert.equal(view.isShown({ ...hint, severity: 'error' }, 'loses'), true);
  });

  it('makes a rule as grave as it is told, the longest beginning first', () => {
    const view = new RuleView([layerOf({ severity: { MM3: 'error', MM301: 'information', MM2: 'off' } })]);
    assert.deepEqual(view.of([hint, bulb, { code: 'MM302', severity: 'hint' }]), [
      { ...hint, severity: 'information' },
      { code: 'MM302', severity: 'error' },
    ]);
  });

  it('has stronger layers win, and weaker ones where these are silent', () => {
    const project = layerOf({ select: ['MM3', 'MM9'], ignore: ['MM902'], severity: { MM301: 'error' } });
    const own = layerOf({ ignore: ['MM903'], severity: { MM902: 'hint', MM101: 'information' } });
    const view = new RuleView([project, own]);
    const isOn = (code: string) => view.isOn(code);
    assert.deepEqual(['MM301', 'MM902', 'MM903', 'MM101', 'MM102'].map(isOn), [true, true, false, true, false]);
    assert.equal(view.of([hint])[0]?.severity, 'error');
    assert.ok(new RuleView([project, layerOf({ select: ['MM102'] })]).isOn('MM102'));
    assert.ok(!new RuleView([project, layerOf({ select: ['MM102'] })]).isOn('MM301'));
  });

  it('understands what can be understood', () => {
    const { layer, problems } = readRuleLayer({ select: ['MM999', 'MM301'], sevrity: {}, severity: { MM301: 'warn' } });
    assert.deepEqual(layer, { select: ['MM301'], ignore: [], severity: [] });
    assert.deepEqual(problems.map(({ kind }) => kind).sort(), ['unknown-key', 'unknown-level', 'unknown-rule']);
  });
});

describe('a pyproject.toml', () => {
  const read = (text: string) => readProjectFile(text, readToml) ?? assert.fail('nothing was read');

  it('may say nothing to this tool, and be what it is', () => {
    for (const text of [
      '',
      '[tool.ruff]\nline-length = 120\n',
      'not = TOML = at all',
      '[tool.x]\na = "matmul-lens"\n',
    ]) {
      assert.equal(readProjectFile(text, readToml), null);
    }
  });

  it('selects, ignores and weighs', () => {
    const text =
      '[tool.matmul-lens] # ours\r\nselect = [\r\n  "MM1", # all\r\n  \'MM3\',\r\n]\r\n' +
      'ignore = ["MM102"]\r\nseverity = { MM301 = "error" }\r\n[tool.other]\r\nx = 1979-05-27 07:32:00\r\n';
    const severity = [{ beginning: 'MM301', level: 'error' }];
    const layer = { select: ['MM1', 'MM3'], ignore: ['MM102'], severity };
    assert.deepEqual(read(text), { layer, problems: [] });
    const other = '[tool]\nmatmul-lens.severity.MM301 = "error"\nmatmul-lens.ignore = ["MM102"]\n';
    assert.deepEqual(read(other).layer, { select: null, ignore: ['MM102'], severity });
    assert.deepEqual(read('[tool.matmul-lens.severity]\nMM301 = "error"\n').layer.severity, severity);
  });

  it('is told what is wrong in it, and in which line', () => {
    const said = (lines: string) => read(`[tool.a]\n\n[tool.matmul-lens]\n${lines}`).problems;
    assert.deepEqual(said('ignore = ["MM301"]\nselct = []\n'), [
      {
        line: 5,
        message: '[tool.matmul-lens] has no key selct (did you mean select?); its keys are select, ignore, severity',
      },
    ]);
    assert.match(said('ignore = [\n  "MM301",\n  "MM310",\n]\n')[0]?.message ?? '', /MM310 \(did you mean MM\d{3}\?\)/);
    assert.equal(said('ignore = [\n  "MM301",\n  "MM999",\n]\n')[0]?.line, 6);
    assert.deepEqual(said('\nselect = "MM301"\n'), [
      {
        line: 5,
        message: 'select in [tool.matmul-lens] must be a list of rules, such as ["MM101", "MM3"], not a string',
      },
    ]);
    assert.deepEqual(said('severity = { MM301 = "warning" }\n'), [
      {
        line: 4,
        message: 'severity.MM301 in [tool.matmul-lens] is warning; it may be hint, information, error, off',
      },
    ]);
    assert.match(
      said('[tool.matmul-lens.severity]\nMM301 = 3\n')[0]?.message ?? '',
      /must be one of hint.*not a number/,
    );
    assert.match(said('select = [1]\n')[0]?.message ?? '', /not a list with a number/);
    const [broken] = said('ignore = ["MM301]\n');
    assert.equal(broken?.line, 4);
    assert.match(broken.message, /^this is not TOML: control characters are not allowed in strings/);
  });

  it('is the nearest one that has a table for it', async () => {
    const asked: string[] = [];
    const files: Readonly<Record<string, string>> = {
      '/p/pyproject.toml': '[tool.matmul-lens]\nignore = ["MM301"]\n',
      '/p/a/pyproject.toml': '[tool.ruff]\n',
      '/p/a/c/pyproject.toml': '[tool.matmul-lens]\n',
    };
    const finder = new ProjectRuleFinder({
      read: (path) => {
        asked.push(path);
        return Promise.resolve(files[path] ?? null);
      },
    });
    assert.equal((await finder.of('/p/a/b/x.py'))?.file, '/p/pyproject.toml');
    assert.equal((await finder.of('/p/a/b/y.py'))?.file, '/p/pyproject.toml');
    assert.equal((await finder.of('/p/a/c/y.py'))?.file, '/p/a/c/pyproject.toml');
    assert.equal(await finder.of('/q/y.py'), null);
    assert.equal(new Set(asked).size, asked.length);
    asked.length = 0;
    assert.equal(await finder.of('vscode-vfs://github/q/y.py'), null);
    assert.deepEqual(asked, ['vscode-vfs://github/q/pyproject.toml', 'vscode-vfs://github/pyproject.toml']);
  });
});

describe('TOML', () => {
  it('is read', () => {
    const text = `"a b".c = [ 1, 2.5, [true], { x = 'y' } ]
long = """
One \\
    line \\u00e9 "quoted\\""""
raw = '''\\n'''
[[list]]
n = 0xff
[[list]]
[list.sub]
__proto__ = "key"
`;
    const result = readToml(text);
    assert.ok(result.ok);
    assert.deepEqual(JSON.parse(JSON.stringify(result.value)), {
      'a b': { c: [1, 2.5, [true], { x: 'y' }] },
      long: 'One line é "quoted"',
      raw: '\\n',
      list: [{ n: 255 }, JSON.parse('{"sub": {"__proto__": "key"}}')],
    });
  });

  it('is refused with a line', () => {
    for (const [text, line] of [
      ['a = 1\na = 2\n', 2],
      ['a = \n', 1],
      ['a = yes\n', 1],
      ['\n\n[a\n', 3],
      ['a = [1\nb = 2\n', 2],
      ['a = 1 b = 2\n', 1],
      ['a = "\\q"', 1],
      ['= 1', 1],
    ] as const) {
      const result = readToml(text);
      assert.deepEqual([text, result.ok ? null : result.line], [text, line]);
    }
  });
});
