/** The interpreter that has torch and JAX. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

/**
 * Runs a script with `input` on its standard input.
 * @returns what it wrote to its standard output
 * @throws where the interpreter cannot be run: the group that runs these tests provides one
 */
export function python(args: readonly string[], input: string): string {
  const interpreter = process.env.MATMUL_LENS_PYTHON;
  assert.ok(interpreter, 'MATMUL_LENS_PYTHON names no interpreter');
  const run = spawnSync(interpreter, args, { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  assert.equal(run.status, 0, run.stderr);
  return run.stdout;
}
