/**
 * `npm test`: installs what the tests need and runs every group to its end, whatever the ones before came to. A
 * group that cannot start counts as one failure; nothing is left out in silence. The last line is
 * `N passed, N failed`, and the exit status is 1 unless nothing failed.
 *
 *     npm test -- --only core,host      these groups alone (`runner` stands for runner/plain and runner/frameworks)
 *     npm test -- --electron            host tests in a downloaded desktop VS Code
 *     npm run test:fast                 what needs neither frameworks nor a browser
 */
import process from 'node:process';
import { parseArgs } from 'node:util';
import { createSetup } from './setup.mjs';
import { explained } from './setup/progress.mjs';
import { couldNotRun, sum } from './testing/counts.mjs';
import { allGroups } from './testing/groups.mjs';

const { values } = parseArgs({
  options: {
    fast: { type: 'boolean', default: false },
    only: { type: 'string' },
    electron: { type: 'boolean', default: false },
  },
});
const groups = chosen(allGroups({ electron: values.electron }));
const setup = createSetup();
const rows = [];
for (const group of groups) {
  process.stdout.write(`\n── ${group.name} ──\n`);
  const start = performance.now();
  const result = await outcomeOf(group);
  rows.push({ name: group.name, ...result, seconds: (performance.now() - start) / 1000 });
}
const total = sum(rows);
process.stdout.write(`\n${table(rows)}\n\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** @param {readonly import('./testing/groups.mjs').Group[]} all */
function chosen(all) {
  if (values.only === undefined) return values.fast ? all.filter(({ fast }) => fast) : all;
  const wanted = values.only.split(',');
  const named = (/** @type {string} */ want, /** @type {string} */ name) =>
    name === want || name.startsWith(`${want}/`);
  const unknown = wanted.filter((want) => !all.some(({ name }) => named(want, name)));
  if (unknown.length > 0) {
    process.stderr.write(`No group ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}\n`);
    process.exit(2);
  }
  return all.filter(({ name }) => wanted.some((want) => named(want, name)));
}

/**
 * @param {import('./testing/groups.mjs').Group} group
 * @returns {Promise<import('./testing/counts.mjs').Result>}
 */
async function outcomeOf(group) {
  /** @type {Partial<Record<import('./testing/groups.mjs').Need, string>>} */
  const found = {};
  for (const need of group.needs) {
    const outcome = await setup[need]();
    if (!outcome.ok) {
      process.stdout.write(`${explained(outcome)}\n`);
      return couldNotRun(`could not start: ${outcome.problem.split('\n', 1)[0]}`);
    }
    if (outcome.value !== null) found[need] = outcome.value;
  }
  try {
    return await group.run({ root: setup.root, found });
  } catch (error) {
    process.stdout.write(`${error.stack}\n`);
    return couldNotRun(`broke: ${error.message.split('\n', 1)[0]}`);
  }
}

/** @param {readonly (import('./testing/counts.mjs').Result & { name: string, seconds: number })[]} results */
function table(results) {
  const lines = results.map(({ name, passed, failed, seconds, problems }) =>
    [
      name.padEnd(18),
      String(passed).padStart(7),
      String(failed).padStart(7),
      seconds.toFixed(1).padStart(8),
      problems.length === 0 ? '' : `  ${problems.join('; ')}`,
    ].join(''),
  );
  return [`${'group'.padEnd(18)} passed failed seconds`, ...lines].join('\n');
}
