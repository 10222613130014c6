/**
 * Under real torch on the CPU: fixed code computes what the original did, values and gradients; what is called an
 * error raises, and what is not does not.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = process.cwd();
const FIXTURES = path.join(ROOT, 'test/fixtures/rules');

interface Outcome {
  readonly rule: string;
  readonly fixed: string;
  readonly case: string;
  readonly problem: string | null;
}

describe('proof of the rules', function () {
  this.timeout(240_000);
  const rules = readdirSync(FIXTURES).filter((each) => readdirSync(path.join(FIXTURES, each)).includes('cases.py'));
  let outcomes: readonly Outcome[] = [];

  before(() => {
    const python = process.env.MATMUL_LENS_PYTHON;
    assert.ok(python, 'MATMUL_LENS_PYTHON names no interpreter');
    const args = [path.join(ROOT, 'test/proof/prove.py'), FIXTURES, ...rules];
    const run = spawnSync(python, args, { encoding: 'utf8', timeout: 230_000 });
    assert.equal(run.status, 0, run.stderr);
    outcomes = run.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Outcome);
  });

  for (const rule of rules) {
    const fixes = readdirSync(path.join(FIXTURES, rule)).flatMap((each) => /^(fixed\w*)\.py$/.exec(each)?.[1] ?? []);
    for (const fixed of fixes.length > 0 ? fixes : ['invalid', 'valid'])
      // Fixed code has the definitions of what it was fixed from; a leading underscore marks what only helps others.
      for (const [name, text] of definitions(
        path.join(FIXTURES, rule, fixed === 'valid' ? 'valid.py' : 'invalid.py'),
      )) {
        // What is found without an edit is the same in both.
        if (fixes.length > 0 && definitions(path.join(FIXTURES, rule, `${fixed}.py`)).get(name) === text) continue;
        it(`${rule} ${fixed} ${name}`, () => {
          const outcome = outcomes.find((each) => each.rule === rule && each.fixed === fixed && each.case === name);
          assert.ok(outcome, 'the case was not run');
          assert.equal(outcome.problem, null);
        });
      }
  }
});

/** The text of each definition, by its name. */
function definitions(file: string): ReadonlyMap<string, string> {
  const parts = readFileSync(file, 'utf8').split(/^(?=(?:def|class) )/m);
  return new Map(
    parts.flatMap((text) => {
      const name = /^(?:def|class) ([^\W_]\w*)/.exec(text)?.[1];
      return name === undefined ? [] : [[name, text.trim()] as const];
    }),
  );
}
