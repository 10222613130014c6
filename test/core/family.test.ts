/**
 * The whole operation family: what is recognised of each product, with which operands, result and cost. Results and
 * costs are compared with torch's own in `test/proof`.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { formatDim } from '../../src/core/infer/dims';
import { isCall } from '../../src/core/infer/operations';
import type { Operation } from '../../src/core/infer/operations';
import { formatShape } from '../../src/core/infer/shapes';
import { ROOT, TestCore } from './support/analyze';

const FOLDER = path.join(ROOT, 'test/fixtures/operations');
const UPDATE = process.env.UPDATE_FIXTURES === '1';

describe('operation family', () => {
  it('knows every product with its operands, its result and its cost', async () => {
    const core = await TestCore.load();
    const analysis = core.analyze(readFileSync(path.join(FOLDER, 'family.py'), 'utf8'));
    const found = analysis.session.file.facts.functions.map(({ key }) => {
      const operations = analysis.functions.find((each) => each.key === key)?.operations ?? [];
      return [key, operations.filter(isCall).map(described)] as const;
    });
    const file = path.join(FOLDER, 'family.json');
    const actual = `${JSON.stringify(Object.fromEntries(found), null, 2)}\n`;
    if (UPDATE) writeFileSync(file, actual);
    assert.equal(actual, readFileSync(file, 'utf8'));
    for (const [name, operations] of found) assert.equal(operations.length, 1, name);
  });
});

function described({ kind, op, operands, result, work }: Operation): object {
  return {
    kind,
    op,
    operands: operands.map(({ value }) => formatShape(value.shape)).join(' '),
    result: formatShape(result),
    flops: work.flops && formatDim(work.flops),
    bytes: work.bytes && formatDim(work.bytes),
  };
}
