/** Text as editors really hold it: half typed, hostile, in every encoding's corner. Nothing throws; ranges are right. */
import assert from 'node:assert/strict';
import { commentProblemsOf, explainAt, findingsOf, operationRecords, raceSubjects } from '../../src/core';
import { TestCore } from './support/analyze';

const CODE = `import torch


def f(a: torch.Tensor, b: torch.Tensor):
    return torch.stack([a[i] @ b[i] for i in range(a.shape[0])])
`;

describe('bad input', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  /** Everything the editor asks of a file. */
  const askAll = (text: string): { codes: readonly string[]; operations: number } => {
    const analysis = core.tryAnalyze(text);
    if (!analysis) return { codes: [], operations: 0 };
    raceSubjects(analysis);
    explainAt(analysis, Math.floor(text.length / 2));
    commentProblemsOf(analysis);
    return { codes: findingsOf(analysis).map((each) => each.code), operations: operationRecords(analysis).length };
  };

  it('survives every prefix of a file, as typing makes them', () => {
    for (let end = 0; end <= CODE.length; end++) askAll(CODE.slice(0, end));
    assert.ok(askAll(CODE).codes.includes('MM101'));
  });

  it('survives a constant that is made of itself', () => {
    const text =
      'import torch\nw = f(w)\nu = torch.tanh(v)\nv = torch.tanh(u)\n\ndef f(x: torch.Tensor):\n    return x @ x * w * u\n';
    assert.equal(askAll(text).operations, 1);
  });

  it('says nothing inside broken code and goes on behind it', () => {
    const text = `import torch\n\ndef broken(a: torch.Tensor, b: torch.Tensor):\n    c = torch.stack([a[i] @ b[i] for i in range(a.shape[0])) @\n    return a @ b @\n\n\ndef f(a: torch.Tensor, b: torch.Tensor):\n    return a @ b\n`;
    const analysis = core.analyze(text);
    assert.deepEqual(
      findingsOf(analysis).filter((each) => each.surface === 'hint'),
      [],
    );
    assert.ok(operationRecords(analysis).some((each) => each.function === 'f'));
  });

  for (const [name, text] of [
    ['100,000 nested parentheses', `x = ${'('.repeat(100_000)}1${')'.repeat(100_000)}\n`],
    ['100,000 parentheses that are never closed', `x = ${'('.repeat(100_000)}\n`],
    ['100,000 nested brackets in a call', `import torch\ny = torch.matmul(${'['.repeat(100_000)}\n`],
    ['10,000 nested attributes', `import torch\ny = torch${'.a'.repeat(10_000)} @ torch\n`],
    [
      '10,000 products in one expression',
      `import torch\ny = ${Array.from({ length: 10_000 }, () => 'a').join(' @ ')}\n`,
    ],
    [
      '2,000 nested functions',
      `import torch\n${Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at)}def f():`).join('\n')}`,
    ],
  ] as const) {
    it(`survives ${name}`, () => {
      const start = performance.now();
      askAll(text);
      // A bound against the quadratic, not a measure: see bench/ for speed.
      assert.ok(performance.now() - start < 20_000);
    });
  }

  for (const [name, before] of [
    ['a NUL', 'x = "\0"\n'],
    ['a BOM', '\ufeff'],
    ['an emoji', 's = "🚀🚀"  # 🚀\n'],
    ['a lone surrogate', 's = "\ud800"  # \udc00\n'],
    ['wide letters', 'größe = "ﬀ漢字"\n'],
    ['form feeds and tabs', '\f\nif True:\n\tx = 1\n'],
  ] as const) {
    it(`has right ranges behind ${name}`, () => {
      for (const lineEnd of ['\n', '\r\n']) {
        const text = (before + CODE).replaceAll('\n', lineEnd);
        const finding = findingsOf(core.analyze(text)).find((each) => each.code === 'MM101');
        assert.ok(finding);
        const source = text.slice(finding.start, finding.end);
        assert.equal(source, 'torch.stack([a[i] @ b[i] for i in range(a.shape[0])])');
        const [record] = operationRecords(core.analyze(text));
        const line = text.slice(0, finding.start).split(lineEnd).length;
        assert.equal(record?.line, line);
        assert.equal(record.col, Buffer.byteLength('    return torch.stack(['));
      }
    });
  }

  it('counts columns in UTF-8 bytes', () => {
    const text = `import torch\ndef f(a: torch.Tensor, größe: torch.Tensor):\n    s = "🚀漢"; y = a @ größe\n`;
    const [record] = operationRecords(core.analyze(text));
    assert.equal(record?.col, Buffer.byteLength('    s = "🚀漢"; y = '));
    assert.equal(record.end_col, Buffer.byteLength('    s = "🚀漢"; y = a @ größe'));
  });

  it('reads a file of 60,000 lines', () => {
    const text = `import torch\n${Array.from({ length: 20_000 }, (_, at) => `def f${at}(a: torch.Tensor, b: torch.Tensor):\n    return a @ b\n`).join('\n')}`;
    assert.ok(text.split('\n').length >= 60_000);
    const analysis = core.analyze(text);
    assert.equal(operationRecords(analysis).length, 20_000);
  });

  it('survives recursion, in functions and in classes', () => {
    const text = `import torch
from torch import nn
def f(x): return g(x) @ x
def g(x): return f(x) @ x
class A(B): pass
class B(A):
    def forward(self, x): return self(x) @ self.forward(x)
class C(C): pass
`;
    assert.ok(askAll(text).operations >= 2);
  });

  it('survives calls without arguments', () => {
    for (const name of [
      'max',
      'min',
      'sum',
      'len',
      'zip',
      'sorted',
      'list',
      'map',
      'torch.cat',
      'torch.mm',
      'torch.einsum',
    ])
      assert.ok(
        askAll(`import torch\ndef f(a: torch.Tensor):\n    b = ${name}()\n    return a @ a\n`).operations >= 1,
        name,
      );
  });

  it('is the same for the same text', () => {
    const once = JSON.stringify(operationRecords(core.analyze(CODE)));
    assert.equal(JSON.stringify(operationRecords(core.analyze(CODE))), once);
  });
});
