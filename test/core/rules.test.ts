/** Every rule against its fixtures: what it finds, what it leaves alone, and what its fixes make of the code. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyEdits, convertToJax, findingsOf, LineIndex, RULES } from '../../src/core';
import type { Finding } from '../../src/core';
import { ROOT, TestCore } from './support/analyze';

const FIXTURES = path.join(ROOT, 'test/fixtures/rules');
/** Writes what is found in place of comparing it: `UPDATE_FIXTURES=1 npm run test:fast`. */
const UPDATE = process.env.UPDATE_FIXTURES === '1';

describe('rules', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const found = (text: string, code: string): readonly Finding[] =>
    findingsOf(core.analyze(text)).filter((each) => each.code === code);

  for (const rule of RULES) {
    describe(`${rule.code} ${rule.name}`, () => {
      const folder = path.join(FIXTURES, rule.code);
      const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8');

      it('finds what it should', () => {
        const text = read('invalid.py');
        compare(
          path.join(folder, 'findings.json'),
          `${JSON.stringify(described(text, found(text, rule.code)), null, 2)}\n`,
        );
      });

      it('finds something in every definition of the fixture', () => {
        const text = read('invalid.py');
        const findings = found(text, rule.code);
        const owners = new Set(findings.map((each) => each.owner.split('.')[0]));
        const defined = [...text.matchAll(/^(?:def|class) (\w+)/gm)].map((each) => each[1]);
        assert.deepEqual([...owners], defined);
      });

      it('is silent where it should be', () => {
        const text = read('valid.py');
        assert.deepEqual(described(text, found(text, rule.code)), []);
      });

      it('gives code that parses and that it finds no fault with', function () {
        const text = read('invalid.py');
        const fixes = found(text, rule.code).flatMap((each) =>
          each.fixes.filter((fix) => fix.edits.length > 0).slice(0, 1),
        );
        // Fixes that are only for reading edit nothing.
        if (rule.applicability === 'display' || rule.applicability === null) {
          assert.deepEqual(fixes, []);
          return;
        }
        const last = found(text, rule.code).flatMap((each) => each.fixes.slice(-1));
        const several = found(text, rule.code).some((each) => each.fixes.length > 1);
        for (const [name, all] of [
          ['fixed.py', fixes] as const,
          ...(several ? [['fixed_last.py', last] as const] : []),
        ]) {
          const fixed = applyEdits(text, all);
          compare(path.join(folder, name), fixed);
          assert.deepEqual(core.analyze(fixed).session.file.facts.broken, []);
          // What is found without an edit stays as it is.
          const left = found(fixed, rule.code).filter(({ fixes: more }) => more.some(({ edits }) => edits.length > 0));
          assert.deepEqual(described(fixed, left), []);
        }
      });

      if (existsSync(path.join(folder, 'evidence.py')))
        it('has the fixed code that is raced for its price', () => {
          const text = read('evidence.py');
          const findings = found(text, rule.code);
          assert.ok(findings.length > 0);
          const fixes = findings.flatMap((each) => each.fixes.slice(0, 1));
          // What is only advised is followed by hand.
          if (fixes.some((each) => each.edits.length > 0))
            compare(path.join(folder, 'evidence_fixed.py'), applyEdits(text, fixes));
          const { name } = JSON.parse(read('evidence.json')) as { readonly name: string };
          const jax = [read('evidence_fixed.py'), text].map((each) => convertToJax(core.analyze(each), name));
          const form = jax.find((each) => each?.ok === true);
          if (form?.ok) compare(path.join(folder, 'evidence_jax.py'), jitted(form));
          else assert.equal(existsSync(path.join(folder, 'evidence_jax.py')), false);
        });

      it('keeps line ends, and finds the same behind a BOM and an emoji', () => {
        const text = read('invalid.py');
        const strange = `\ufeff# 🚀 \ud800\r\n${text.replaceAll('\n', '\r\n')}`;
        const findings = found(strange, rule.code);
        const plain = found(text, rule.code);
        const sources = (of: string, all: readonly Finding[]): readonly string[] =>
          all.map((each) => of.slice(each.start, each.end).replaceAll('\r\n', '\n'));
        assert.deepEqual(sources(strange, findings), sources(text, plain));
        const fixed = applyEdits(
          strange,
          findings.flatMap((each) => each.fixes.slice(0, 1)),
        );
        assert.equal(/[^\r]\n/.test(fixed), false);
      });

      it('is documented in four sections with an example that it finds', () => {
        const { finds, why, example, instead } = rule.docs;
        assert.ok(finds.length > 80 && why.length > 80);
        const imports =
          'import torch\nfrom torch import Tensor, nn\nimport jax\nimport jax.numpy as jnp\nfrom jaxtyping import Float\n\n';
        const wrapped = (code: string): string =>
          code.includes('(self')
            ? `${imports}class Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.proj = nn.Linear(4, 4)\n\n${indented(code)}\n`
            : `${imports}${code}\n`;
        assert.equal(found(wrapped(example), rule.code).length, 1);
        assert.deepEqual(found(wrapped(instead), rule.code), []);
      });
    });
  }
});

/** As a race runs it. */
function jitted({ source, entry }: { readonly source: string; readonly entry: string }): string {
  const imported = /^import jax$/m.test(source) ? source : source.replace(/^(?=import |from )/m, 'import jax\n');
  return `${imported.trimEnd()}\n\n\nvariant = jax.jit(${entry})\n`;
}

function indented(code: string): string {
  return code.replace(/^(?=.)/gm, '    ');
}

/** Findings with lines in place of offsets. */
function described(text: string, findings: readonly Finding[]): readonly object[] {
  const lines = new LineIndex(text);
  return findings.map((each) => ({
    line: lines.position(each.start).line + 1,
    source: text.slice(each.start, each.end).split('\n')[0],
    message: each.message,
    fixes: each.fixes.map(({ title, applicability }) => `${applicability}: ${title}`),
    ...(each.related.length === 0
      ? {}
      : { related: each.related.map(({ start, message }) => `${lines.position(start).line + 1}: ${message}`) }),
  }));
}

function compare(file: string, actual: string): void {
  if (UPDATE) writeFileSync(file, actual);
  assert.ok(existsSync(file), `${file} is missing`);
  assert.equal(actual, readFileSync(file, 'utf8'));
}
