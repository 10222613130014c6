/** Parsing while the reader types: the newest text alone counts, the host gets its turns, and memory has a bound. */
import assert from 'node:assert/strict';
import { TreeCache } from '../../src/core';
import type { Pace } from '../../src/core';
import { TestCore } from './support/analyze';

const LONG = Array.from({ length: 3_000 }, (_, at) => `def f${at}(a, b):\n    return a @ b\n`).join('');

describe('trees of open documents', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** A clock on which each look takes a millisecond, so that a long text takes many slices. */
  const pace = (breathe: () => void = () => undefined, limitMs = 1e9): Pace => {
    let time = 0;
    return { now: () => time++, breathe: () => Promise.resolve().then(breathe), sliceMs: 8, limitMs };
  };
  const structure = (text: string): string => {
    const analysis = core.analyze(text);
    return JSON.stringify(analysis.session.file.facts.functions.map((each) => [each.key, each.def.start]));
  };

  it('let the host have many turns during a long parse', async () => {
    let turns = 0;
    const trees = new TreeCache(core.language, 1);
    assert.equal(
      (
        await trees.parse(
          'a',
          LONG,
          pace(() => turns++),
        )
      ).kind,
      'tree',
    );
    assert.ok(turns > 10, `${turns} turns`);
    trees.dispose();
  });

  it('are made of the newest text alone, and an older parse ends', async () => {
    const trees = new TreeCache(core.language, 1);
    const texts = ['', 'x', 'xy', 'xyz'].map((typed) => `${LONG}\n${typed} = 1\n`);
    const kinds = await Promise.all(texts.map(async (each) => (await trees.parse('a', each, pace())).kind));
    assert.deepEqual(kinds, ['cancelled', 'cancelled', 'cancelled', 'tree']);
    trees.dispose();
  });

  it('match their text after a parse that was cancelled in between', async () => {
    const trees = new TreeCache(core.language, 1);
    await trees.parse('a', LONG, pace());
    const cancelled = trees.parse('a', LONG.replace('def f10(', 'def g('), pace());
    const last = LONG.replace('def f20(', 'def h(');
    const parsed = await trees.parse('a', last, pace());
    assert.equal((await cancelled).kind, 'cancelled');
    assert(parsed.kind === 'tree');
    const analysis = core.analyzer.analyze(parsed.tree, last);
    const found = analysis?.session.file.facts.functions.map((each) => [each.key, each.def.start]);
    assert.equal(JSON.stringify(found), structure(last));
    trees.dispose();
  });

  it('are given up for a text that takes too long, and made for the next one', async () => {
    const trees = new TreeCache(core.language, 1);
    assert.equal((await trees.parse('a', LONG, pace(undefined, 20))).kind, 'tangled');
    assert.equal((await trees.parse('a', 'x = 1\n', pace())).kind, 'tree');
    trees.dispose();
  });

  it('are kept of the last documents only, and of no closed one', async () => {
    const trees = new TreeCache(core.language, 2);
    for (const key of ['a', 'b', 'c']) await trees.parse(key, 'x = 1\n', pace());
    assert.equal(trees.size, 2);
    trees.drop('c');
    assert.equal(trees.size, 1);
    const closed = trees.parse('d', LONG, pace());
    trees.drop('d');
    assert.equal((await closed).kind, 'cancelled');
    trees.dispose();
  });
});
