/** Rule pages and the README's table are what the rules say. `npm run docs` writes them. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { RULES } from '../../src/core';
import { rulePage, rulesTable } from '../../src/core/rules/pages';
import { ROOT } from './support/analyze';

const UPDATE = process.env.UPDATE_FIXTURES === '1';
const PAGES = path.join(ROOT, 'docs/rules');
const TABLE = /(<!-- rules -->\n)[^]*?(\n<!-- \/rules -->)/;

describe('documentation', () => {
  for (const rule of RULES) {
    it(`has the page of ${rule.code}`, () => {
      const file = path.join(PAGES, `${rule.code}.md`);
      if (UPDATE) {
        mkdirSync(PAGES, { recursive: true });
        writeFileSync(file, rulePage(rule));
      }
      assert.equal(readFileSync(file, 'utf8'), rulePage(rule));
    });
  }

  it('has no page of a rule that is no more', () => {
    assert.deepEqual(
      readdirSync(PAGES).toSorted(),
      RULES.map((each) => `${each.code}.md`),
    );
  });

  it('has the table in the README', () => {
    const file = path.join(ROOT, 'README.md');
    const readme = readFileSync(file, 'utf8');
    const current = readme.replace(TABLE, (_, before: string, after: string) => before + rulesTable(RULES) + after);
    if (UPDATE) writeFileSync(file, current);
    assert.match(readme, TABLE);
    assert.equal(readFileSync(file, 'utf8'), current);
  });
});
