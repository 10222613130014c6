/** Findings for other programs: SARIF, and the annotations of GitHub's workflows. */
import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { RULES } from '../../src/core';
import { CLI, runCli } from './support/cli';
import { temporaryFolder } from './support/temporary';

const SOURCE = `import torch

a = torch.zeros(3, 4)
x = "é😀"; print(a @ a)


# shape: m=f32[64, 64], v=f32[64]
def chain(m, v):
    return (m @ m
            @ v)
`;

type Json = Readonly<Record<string, unknown>>;

const isTable = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

function table(value: unknown): Json {
  assert.ok(isTable(value), JSON.stringify(value));
  return value;
}

function list(value: unknown): readonly Json[] {
  assert.ok(Array.isArray(value), JSON.stringify(value));
  return value.map(table);
}

function only(value: Json, required: readonly string[], optional: readonly string[] = []): Json {
  for (const key of required) assert.ok(Object.hasOwn(value, key), `${key} is missing in ${JSON.stringify(value)}`);
  for (const key of Object.keys(value)) assert.ok([...required, ...optional].includes(key), `${key} is unknown`);
  return value;
}

/** What the schema of SARIF 2.1.0 asks of the objects that are used here: required and known properties, their types. */
function assertSarif(log: Json): readonly Json[] {
  only(log, ['version', 'runs'], ['$schema']);
  assert.equal(log.version, '2.1.0');
  const [run, ...others] = list(log.runs);
  assert.ok(run && others.length === 0);
  only(run, ['tool', 'results'], ['columnKind']);
  assert.equal(run.columnKind, 'utf16CodeUnits');
  const driver = only(table(only(table(run.tool), ['driver']).driver), ['name'], ['version', 'rules']);
  const rules = list(driver.rules);
  for (const each of rules) {
    const about = ['name', 'shortDescription', 'fullDescription', 'help', 'helpUri', 'defaultConfiguration'];
    only(each, ['id'], about);
    for (const name of ['shortDescription', 'fullDescription', 'help']) assertMessage(each[name]);
    assertLevel(table(each.defaultConfiguration).level);
  }
  assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
  const results = list(run.results);
  for (const each of results) {
    only(each, ['message'], ['ruleId', 'ruleIndex', 'level', 'locations', 'relatedLocations', 'fixes']);
    assert.equal(rules[each.ruleIndex as number]?.id, each.ruleId);
    assertLevel(each.level);
    assertMessage(each.message);
    for (const location of [...list(each.locations), ...list(each.relatedLocations ?? [])]) {
      only(location, [], ['physicalLocation', 'logicalLocations', 'message']);
      const place = only(table(location.physicalLocation), ['artifactLocation'], ['region']);
      assertUri(place.artifactLocation);
      if (place.region !== undefined) assertRegion(place.region);
    }
    for (const fix of list(each.fixes ?? [])) {
      only(fix, ['artifactChanges'], ['description']);
      assertMessage(fix.description);
      const changes = list(fix.artifactChanges);
      assert.ok(changes.length > 0);
      for (const change of changes) {
        only(change, ['artifactLocation', 'replacements']);
        assertUri(change.artifactLocation);
        assert.ok(list(change.replacements).length > 0);
        for (const replacement of list(change.replacements)) {
          only(replacement, ['deletedRegion'], ['insertedContent']);
          assertRegion(replacement.deletedRegion);
          assert.equal(typeof only(table(replacement.insertedContent), ['text']).text, 'string');
        }
      }
    }
  }
  return results;
}

function assertMessage(value: unknown): void {
  assert.equal(typeof only(table(value), ['text'], ['markdown']).text, 'string');
}

function assertLevel(value: unknown): void {
  assert.ok(['none', 'note', 'warning', 'error'].includes(value as string));
}

function assertUri(value: unknown): void {
  const { uri } = only(table(value), ['uri']);
  assert.ok(typeof uri === 'string' && /^[\w.~!$&'()*+,;=:@%/-]+$/.test(uri), String(uri));
}

function assertRegion(value: unknown): void {
  const keys = ['startLine', 'startColumn', 'endLine', 'endColumn'];
  const region = only(table(value), keys);
  for (const key of keys) assert.ok(Number.isInteger(region[key]) && (region[key] as number) >= 1, key);
}

describe('findings for other programs', () => {
  const folder = temporaryFolder();
  const run = (...args: readonly string[]) => runCli(['check', ...args], { cwd: folder.path });

  async function sarif(...args: readonly string[]): Promise<readonly Json[]> {
    const { stdout, stderr } = await run('--format', 'sarif', ...args);
    assert.equal(stderr, '');
    return assertSarif(table(JSON.parse(stdout)));
  }

  it('as SARIF, with places in UTF-16 units and with fixes', async () => {
    await folder.write('src/a #1.py', SOURCE);
    const results = await sarif('.');
    assert.deepEqual(
      results.map(({ ruleId, level }) => [ruleId, level]),
      [
        ['MM901', 'error'],
        ['MM301', 'note'],
      ],
    );
    const artifactLocation = { uri: 'src/a%20%231.py' };
    const [error, hint] = results;
    const line = SOURCE.split('\n')[3] ?? '';
    assert.deepEqual(error?.locations, [
      {
        physicalLocation: {
          artifactLocation,
          region: {
            startLine: 4,
            startColumn: line.indexOf('a @') + 1,
            endLine: 4,
            endColumn: line.indexOf('a @') + 6,
          },
        },
      },
    ]);
    assert.equal(list(error.relatedLocations).length > 0, true);
    const [fix] = list(hint?.fixes);
    const deletedRegion = { startLine: 9, startColumn: 13, endLine: 10, endColumn: 16 };
    assert.deepEqual(fix?.artifactChanges, [
      { artifactLocation, replacements: [{ deletedRegion, insertedContent: { text: 'm @ (m @ v)' } }] },
    ]);
  });

  it('as SARIF of nothing, of an absolute path, and of standard input', async () => {
    assert.deepEqual(await sarif('.').catch(() => 'said'), 'said');
    const file = await folder.write('a.py', SOURCE);
    const [first] = await sarif(file);
    const [location] = list(first?.locations);
    assert.deepEqual(table(location?.physicalLocation).artifactLocation, { uri: pathToFileURL(file).href });
    const { stdout } = await runCli(['check', '--format', 'sarif', '-'], { input: SOURCE });
    assert.equal(assertSarif(table(JSON.parse(stdout))).length, 2);
  });

  it('as SARIF whose rules lead to pages that are shipped', async () => {
    const root = path.join(path.dirname(CLI), '..');
    await folder.write('a.py', '');
    const { stdout } = await run('--format', 'sarif', 'a.py');
    const [first] = list(table(JSON.parse(stdout)).runs);
    const rules = list(table(table(first?.tool).driver).rules);
    assert.equal(rules.length, RULES.length);
    for (const { helpUri } of rules) await access(path.join(root, String(helpUri)));
  });

  it('as annotations of a workflow', async () => {
    await folder.write('a,b%.py', SOURCE);
    const { status, stdout, stderr } = await run('--format', 'github', '.');
    assert.deepEqual([status, stderr], [1, '']);
    const [error, hint, end] = stdout.split('\n');
    assert.match(
      error ?? '',
      /^::error file=a%2Cb%25\.py,line=4,endLine=4,col=18,endColumn=23,title=MM901 sizes-differ::`a` \(3, 4\)/,
    );
    // Columns only within a line.
    assert.match(hint ?? '', /^::notice file=a%2Cb%25\.py,line=9,endLine=10,title=MM301 chain-order::This order/);
    assert.equal(end, '');
    const raised = await folder.write('pyproject.toml', '[tool.matmul-lens]\nseverity = { MM3 = "information" }\n');
    assert.ok(raised);
    assert.match((await run('--format', 'github', '.')).stdout, /\n::warning file=/);
  });

  it('name the cells of a notebook, whose lines are none of its file', async () => {
    const cells = [{ cell_type: 'code', metadata: {}, outputs: [], source: SOURCE }];
    await folder.write('n.ipynb', JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }));
    const [error] = await sarif('n.ipynb');
    assert.match(String(table(error?.message).text), /^cell 1, line 4: `a`/);
    assert.match(
      (await run('--format', 'github', 'n.ipynb')).stdout,
      /^::error file=n\.ipynb,title=MM901 sizes-differ::cell 1, line 4: /,
    );
  });
});
