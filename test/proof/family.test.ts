/** What is said of the operation family (`test/core/family.test.ts`) is what torch does: shapes, and its FLOP counter. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = process.cwd();
const FOLDER = path.join(ROOT, 'test/fixtures/operations');

interface Said {
  readonly result: string;
  readonly flops: string | null;
}

interface Outcome {
  readonly case: string;
  readonly shape: readonly number[];
  readonly flops: number;
}

/** What torch's counter leaves out (PyTorch 2.13), by the definition of the product: an addition for each multiplication that is summed. */
const UNCOUNTED: Readonly<Record<string, number | null>> = {
  mv: 2 * 4 * 5,
  mv_method: 2 * 4 * 5,
  addmv: 2 * 4 * 5,
  addmv_: 2 * 4 * 5,
  inner_of_vectors: 2 * 5,
  inner_with_a_scalar: 3 * 5,
  dot: 2 * 5,
  vdot: 2 * 5,
  vecdot: 2 * (2 * 3) * 5,
  vecdot_of_columns: 2 * 3 * 5,
  outer: 4 * 5,
  ger: 4 * 5,
  addr: 4 * 5,
  addr_: 4 * 5,
  addmm_: 2 * 4 * 5 * 3,
  baddbmm_: 2 * 2 * 4 * 5 * 3,
  addbmm: 2 * 2 * 4 * 5 * 3,
  addbmm_: 2 * 2 * 4 * 5 * 3,
  // For each row and output x1 · A · x2.
  bilinear: 2 * 4 * 2 * 5 * 6,
  bilinear_by_names: 2 * 4 * 2 * 5 * 6,
  f_bilinear: 2 * 4 * 2 * 5 * 6,
  linear_to_a_number: 2 * 4 * 5,
  // By how many entries there are.
  sparse_mm: null,
  sparse_addmm: null,
  smm: null,
};

/** Of what an ellipsis stands for, nothing is said. */
const UNSAID = new Set(['einsum_ellipsis']);

describe('proof of the operation family', function () {
  this.timeout(120_000);
  const said = JSON.parse(readFileSync(path.join(FOLDER, 'family.json'), 'utf8')) as Record<string, readonly Said[]>;
  let outcomes: ReadonlyMap<string, Outcome> = new Map();

  before(() => {
    const python = process.env.MATMUL_LENS_PYTHON;
    assert.ok(python, 'MATMUL_LENS_PYTHON names no interpreter');
    const args = [path.join(ROOT, 'test/proof/family.py'), path.join(FOLDER, 'family.py')];
    const run = spawnSync(python, args, { encoding: 'utf8', timeout: 110_000 });
    assert.equal(run.status, 0, run.stderr);
    const lines = run.stdout.trim().split('\n');
    outcomes = new Map(lines.map((line) => JSON.parse(line) as Outcome).map((each) => [each.case, each]));
  });

  for (const [name, [claim]] of Object.entries(said)) {
    it(name, () => {
      const outcome = outcomes.get(name);
      assert.ok(claim && outcome, 'the case was not run');
      if (claim.result.includes('…')) assert.ok(UNSAID.has(name) || UNCOUNTED[name] === null, claim.result);
      else assert.match(shapeText(outcome.shape), sayingOf(claim.result));
      if (UNSAID.has(name)) return;
      const right = name in UNCOUNTED ? UNCOUNTED[name] : outcome.flops;
      if (name in UNCOUNTED) assert.equal(outcome.flops, 0, 'torch counts it by now');
      assert.equal(claim.flops, right === null ? null : String(right));
    });
  }
});

/** A size that is not known is any size. */
function sayingOf(claim: string): RegExp {
  const text = claim.replace(/[()]/g, '\\$&').replaceAll('?', '\\d+');
  return new RegExp(`^${text}$`);
}

function shapeText(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0] ?? ''},)` : `(${shape.join(', ')})`;
}
