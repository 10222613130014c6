/** Texts that are large or deep in one way: each is read within a second of work, or left out as too tangled. */
import assert from 'node:assert/strict';
import { convertToJax, findingsOf, operationRecords, raceSubjects } from '../../src/core';
import { TestCore } from '../core/support/analyze';
import { withinASecond } from './support/time';

const many = (count: number, make: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => make(at)).join('');
const body = (lines: string): string => `def f(a: torch.Tensor, b):\n${lines}`;
const calls = (count: number, called: (at: number) => string): string =>
  many(count, (at) => `def f${at}(a: torch.Tensor):\n    return ${called(at)}\n`);

/** What is found in it at the least: nothing is lost that a person may have written. */
const TEXTS: readonly (readonly [string, string, number])[] = [
  ['100,000 parentheses that are never closed', `x = ${'('.repeat(100_000)}\n`, 0],
  ['100,000 parentheses in a function', body(`    return a @ ${'('.repeat(100_000)}\n`), 0],
  ['100,000 brackets', `y = torch.matmul(${'['.repeat(100_000)}\n`, 0],
  ['100,000 braces', `y = torch.matmul(${'{'.repeat(100_000)}\n`, 0],
  ['10,000 string beginnings', `x = ${'"""'.repeat(10_001)}\n`, 0],
  ['10,000 unfinished strings', 'x = "\n'.repeat(10_000), 0],
  ['10,000 nested f-strings', `x = ${'f"{'.repeat(10_000)}\n`, 0],
  ['10,000 attributes', `y = torch${'.a'.repeat(10_000)} @ torch\n`, 1],
  ['10,000 calls of results', body(`    return a${'.view(1)'.repeat(10_000)} @ a\n`), 1],
  ['10,000 products', body(`    return ${'a @ '.repeat(10_000)}a\n`), 0],
  ['3,000 choices in one expression', body(`    return ${'a @ a if b else '.repeat(3_000)}a\n`), 1],
  ['10,000 signs', `x = ${'-'.repeat(10_000)}a @ b\n`, 0],
  ['5,000 elifs', body(`    if b == 0:\n        y = a @ a\n${many(5_000, (at) => `    elif b == ${at}:\n        y = a @ a\n`)}`), 5_001],
  ['5,000 variables of a product', body(many(5_000, (at) => `    y${at} = a @ a\n`)), 5_000],
  ['2,000 loops around a product', body('    for i in range(b):\n        y = a[i] @ a\n'.repeat(2_000)), 2_000],
  ['1,000 inverses that are multiplied', body('    y = torch.inverse(a)\n    z = y @ b\n'.repeat(1_000)), 1_000],
  ['1,000 attentions', body('    y = torch.softmax(a @ a.transpose(-2, -1) / 8, -1) @ b\n'.repeat(1_000)), 2_000],
  ['2,000 layers on one input', `class M(nn.Module):\n    def __init__(self):\n        super().__init__()\n${many(2_000, (at) => `        self.l${at} = nn.Linear(4, 4)\n`)}    def forward(self, x):\n${many(2_000, (at) => `        y${at} = self.l${at}(x)\n`)}        return x\n`, 4_000],
  ['20 nested loops', body(`${many(20, (at) => `${' '.repeat(4 + at)}for i${at} in range(2):\n`)}${' '.repeat(30)}a = a @ a\n`), 1],
  ['300 nested ifs', body(`${many(300, (at) => `${' '.repeat(1 + at)}if b:\n`)}${' '.repeat(301)}return a @ a\n`), 1],
  ['2,000 nested functions', `${many(2_000, (at) => `${' '.repeat(at)}def f(a):\n`)}${' '.repeat(2_000)}return a @ a\n`, 0],
  ['300 functions that call the next one', `${calls(300, (at) => `f${at + 1}(a) @ a`)}def f300(a):\n    return a @ a\n`, 301],
  ['functions that call the next one twice', `${calls(40, (at) => `f${at + 1}(a) @ f${at + 1}(a)`)}def f40(a):\n    return a @ a\n`, 41],
  ['functions that all call each other', calls(30, () => `${many(30, (at) => `f${at}(a) @ `)}a`), 900],
  ['lambdas that call the last one twice', `f0 = lambda x: x @ x\n${many(40, (at) => `f${at + 1} = lambda x: f${at}(x) @ f${at}(x)\n`)}`, 41],
  ['3,000 classes that derive from each other', `class C3000(nn.Linear): pass\n${many(3_000, (at) => `class C${2_999 - at}(C${3_000 - at}): pass\n`)}class M(nn.Module):\n    def __init__(self):\n        self.a = C0(2, 3)\n    def forward(self, x):\n        return self.a(x)\n`, 0],
  ['classes that derive from two that derive from two', `class C0(nn.Linear): pass\nclass D0(nn.Linear): pass\n${many(40, (at) => `class C${at + 1}(C${at}, D${at}): pass\nclass D${at + 1}(C${at}, D${at}): pass\n`)}class M(nn.Module):\n    def __init__(self):\n        self.a = C40(2, 3)\n    def forward(self, x):\n        return self.a(x)\n`, 2],
  ['5,000 variables that stand for the next one', `${many(5_000, (at) => `x${at} = x${at + 1}\n`)}x5000 = torch.mm\n`, 0],
  ['tuples of tuples', body(`    x = (a, a)\n${'    x = (x, x)\n'.repeat(60)}    return a @ x[0]\n`), 1],
  ['sizes of sizes', body(`    n, m = a.shape\n${'    n = n * m + m * n + 1\n'.repeat(60)}    return a.view(n, -1) @ a\n`), 1],
  ['numbers beyond all bounds', body('    n = 10 ** 10 ** 10 ** 10\n    return a.view(n, *[1] * 10**9) @ torch.zeros(*range(10**9))\n'), 1],
  ['10,000 letters of an einsum', body(`    return torch.einsum("${'ab,'.repeat(10_000)}ab->a", *[a] * 10000)\n`), 1],
  ['10,000 parentheses of a rearrange', body(`    return einops.rearrange(a, "${'(b '.repeat(10_000)}") @ a\n`), 1],
  ['a dict of 20,000 products', body(`    x = {${many(20_000, (at) => `"${at}": a @ a, `)}}\n    return a @ a\n`), 1],
  ['100,000 blank lines', `${'\n'.repeat(100_000)}${body('    return a @ a\n')}`, 1],
  ['100,000 continued lines', `${'\\\n'.repeat(100_000)}x = torch.mm(a, b)\n`, 0],
  ['10,000 decorators', `${'@torch.compile\n'.repeat(10_000)}${body('    return a @ a\n')}`, 1],
]; // prettier-ignore

describe('a text with', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  for (const [name, text, least] of TEXTS) {
    it(name, function () {
      this.timeout(60_000);
      let found = 0;
      // What an editor asks after each edit.
      withinASecond(() => {
        const analysis = core.tryAnalyze(`import torch\nfrom torch import nn\n${text}`, 500);
        if (!analysis) return;
        found = operationRecords(analysis).length;
        findingsOf(analysis, false);
        raceSubjects(analysis);
      });
      assert.ok(found >= least, `${found} found`);
    });
  }

  for (const [name, subject] of [
    ['20 nested loops', 'f'],
    ['300 functions that call the next one', 'f0'],
  ] as const) {
    it(`${name}, which are too much to be translated`, () => {
      const text = TEXTS.find((each) => each[0] === name)?.[1] ?? '';
      const analysis = core.analyze(`import torch\nfrom torch import nn\n${text}`);
      withinASecond(() => {
        const converted = convertToJax(analysis, subject);
        assert(converted && !converted.ok);
        assert.match(converted.refusals.map((each) => each.reason).join(), /too much code/);
      });
    });
  }
});
