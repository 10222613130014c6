/** A guard against what never ends, or nearly so. It is no measure of speed: see bench/ for that. */
import assert from 'node:assert/strict';

const LONGEST_MS = 1_000;

/** Fails where something takes over a second; twice, since this machine may have been busy with something else. */
export function withinASecond(run: () => void): void {
  let fastest = Infinity;
  for (let tries = 0; tries < 3 && fastest > LONGEST_MS; tries++) {
    const start = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - start);
  }
  assert.ok(fastest <= LONGEST_MS, `took ${fastest.toFixed(0)} ms`);
}
