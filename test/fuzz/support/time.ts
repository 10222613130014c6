/** A guard against what never ends, or nearly so. It is no measure of speed: see bench/ for that. */
import assert from 'node:assert/strict';

const LONGEST_MS = 1_000;

/**
 * Fails where something keeps the processor busy for over a second: three times, since what else this process has
 * to do, such as compiling itself, counts as well.
 */
export function withinASecond(run: () => void): void {
  let fastest = Infinity;
  for (let tries = 0; tries < 3 && fastest > LONGEST_MS; tries++) {
    const before = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(before);
    fastest = Math.min(fastest, (user + system) / 1_000);
  }
  assert.ok(fastest <= LONGEST_MS, `took ${fastest.toFixed(0)} ms`);
}
