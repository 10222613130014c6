/**
 * How long the editor's analysis holds its host at a time: the longest turns of the event loop while a long file is
 * opened, is edited as people edit (an opening `"""` at the top, which makes a string of all that follows, and its
 * removal; a line typed into a function; an import), and is closed.
 *
 *     npm run bench -- heldHost FILE [ROUNDS]
 */
import { LiveAnalyses, ModuleFinder } from '../src/core';
import type { Pace } from '../src/core';
import { grammar, quantile, readText } from './corpus';

/** As the editor has it. */
const PACE: Pace = {
  now: () => performance.now(),
  breathe: () => new Promise((resolve) => setTimeout(resolve, 0)),
  sliceMs: 8,
  limitMs: 5_000,
};

/** The lengths of the loop's turns, in ms, while something runs; without the time for which others had the processor. */
async function turnsOf(run: () => Promise<unknown>): Promise<readonly number[]> {
  const turns: number[] = [];
  let last = performance.now();
  let used = process.cpuUsage();
  let watching = true;
  const turn = (): void => {
    const { user, system } = process.cpuUsage(used);
    const now = performance.now();
    turns.push(Math.min(now - last, (user + system) / 1_000));
    last = now;
    used = process.cpuUsage();
    if (watching) setImmediate(turn);
  };
  setImmediate(turn);
  await run();
  watching = false;
  turn();
  return turns;
}

async function main(): Promise<void> {
  const [file, rounds = '5'] = process.argv.slice(2);
  if (file === undefined) throw new Error('give a Python file');
  const text = readText(file);
  const language = await grammar();
  const nothing = new ModuleFinder({ isFile: () => Promise.resolve(false), read: () => Promise.resolve(null) }, []);
  const place = await nothing.placeOf('/project/module.py');
  const within = text.indexOf('\n', text.indexOf('\n        ', text.length / 2) + 1);
  const line = `\n        out = torch.matmul(x, y) @ z`;
  const edits: readonly (readonly [string, string])[] = [
    ['open', text],
    ['""" at the top', `"""${text}`],
    ['""" taken away', text],
    ['a line in a function', text.slice(0, within) + line + text.slice(within)],
    ['the line taken away', text],
    ['an import at the top', `import torch as t\n${text}`],
    ['an open bracket at the top', `x = (\n${text}`],
    ['the bracket taken away', text],
  ];
  const turns = new Map<string, number[]>();
  const add = (name: string, more: readonly number[]): void => {
    turns.set(name, [...(turns.get(name) ?? []), ...more]);
  };
  for (let round = 0; round < Number(rounds); round++) {
    const live = new LiveAnalyses(language, nothing, PACE, 20);
    for (const [name, next] of edits) {
      const name1 = round === 0 ? `${name} (code still cold)` : name;
      add(name1, await turnsOf(() => live.analyze('document', next, place, () => true)));
    }
    add('close', await turnsOf(() => Promise.resolve(live.forget('document'))));
    live.dispose();
  }
  // A turn in which nothing was done says nothing.
  const held = (values: readonly number[]): readonly number[] => values.filter((each) => each >= 0.5);
  const told = (values: readonly number[]): string =>
    `longest ${values.reduce((most, each) => Math.max(most, each), 0).toFixed(1)} ms, p95 ${quantile(held(values), 0.95).toFixed(1)} ms\n`;
  for (const [name, values] of turns) process.stdout.write(`${name.padEnd(48)}${told(values)}`);
  process.stdout.write(`${'all'.padEnd(48)}${told([...turns.values()].flat())}`);
}

void main();
