/** What operations and whole functions cost: exact where it is certain, and unknown where it is not. */
import assert from 'node:assert/strict';
import { formatDim } from '../../src/core/infer/dims';
import { formatShape } from '../../src/core/infer/shapes';
import { certainNumber, totalsOf } from '../../src/core/infer/totals';
import { TestCore } from './support/analyze';

const IMPORTS = `import torch
from torch import nn, Tensor
from jaxtyping import Float

`;
const FUNCTION = `${IMPORTS}def f(
    x: Float[Tensor, "4 5"],
    w: Float[Tensor, "5 5"],
    v: Float[Tensor, "5 3"],
    b: Float[Tensor, "3 4 5"],
    s: Float[Tensor, "6 2 8"],
    flag, mode,
):
`;
const XW = 2 * 4 * 5 * 5;
const XV = 2 * 4 * 5 * 3;

describe('costs', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const total = (text: string, key: string): number | null => {
    const { session, functions } = core.analyze(text);
    const analysis = functions.find((each) => each.key === key);
    assert.ok(analysis);
    return certainNumber(totalsOf(session, analysis).flops);
  };
  const ofBody = (body: string): number | null => total(`${FUNCTION}${body.replace(/^/gm, '    ')}\n`, 'f');
  const single = (code: string) => {
    const analysis = core.analyze(`${FUNCTION}    return ${code}\n`);
    const [operation] = analysis.functions.find((each) => each.key === 'f')?.operations ?? [];
    assert.ok(operation);
    const { flops, bytes } = operation.work;
    return {
      result: formatShape(operation.result),
      flops: flops && formatDim(flops),
      bytes: bytes && formatDim(bytes),
      dtypes: operation.operands.map((each) => each.value.dtype),
    };
  };

  const bodies: readonly (readonly [string, string, number | null])[] = [
    ['a straight line', 'y = x @ w\nreturn y @ v', XW + XV],
    ['equal arms', 'if flag:\n    return x @ w\nelse:\n    return (x + 1) @ w', XW],
    ['unequal arms', 'if flag:\n    return x @ w\nelse:\n    return x @ v', null],
    ['an arm without the other', 'if flag:\n    x = x @ w\nreturn x', null],
    ['an arm that multiplies nothing', 'if flag:\n    x = x + 1\nreturn x @ w', XW],
    ['an early return', 'if flag:\n    return x @ w\nreturn x @ v', null],
    ['an early return that does the same', 'if flag:\n    return x @ w\nreturn x @ w + 1', XW],
    ['an early return of nothing', 'if flag:\n    return None\nreturn x @ v', null],
    ['equal early returns in a chain', 'if flag:\n    return x @ w\nelif mode:\n    return x @ w\nreturn x @ w', XW],
    ['a nested early return', 'if flag:\n    if mode:\n        return x\nreturn x @ v', null],
    ['a check that raises', 'if flag:\n    raise ValueError("no")\nreturn x @ v', XV],
    ['a conditional expression', 'return x @ w if flag else x', null],
    ['equal conditional expressions', 'return x @ w if flag else (x + 1) @ w', XW],
    ['a short circuit', 'return flag or x @ w', null],
    ['a loop', 'for y in b:\n    y @ w\nreturn x', 3 * XW],
    ['a loop with equal arms', 'for y in b:\n    if flag:\n        y @ w\n    else:\n        (y + 1) @ w', 3 * XW],
    ['a loop with a break', 'for y in b:\n    y @ w\n    if flag:\n        break', null],
    ['a loop with a return', 'for y in b:\n    y @ w\n    if flag:\n        return y', null],
    ['what follows a return in a loop', 'for y in b:\n    if flag:\n        return y\nreturn x @ w', null],
    ['what follows a break', 'for y in b:\n    if flag:\n        break\nreturn x @ w', XW],
    ['what precedes a continue', 'for y in b:\n    y @ w\n    if flag:\n        continue\n    y + 1', 3 * XW],
    ['what follows a continue', 'for y in b:\n    if flag:\n        continue\n    y @ w', null],
    ['the else of a broken loop', 'for y in b:\n    if flag:\n        break\nelse:\n    x @ w', null],
    ['a comprehension', 'return [y @ w for y in b]', 3 * XW],
    ['a comprehension with a condition', 'return [y @ w for y in b if flag]', null],
    ['a while loop', 'while flag:\n    x = x @ w\nreturn x', null],
    ['a handler', 'try:\n    return x @ w\nexcept ValueError:\n    return x', null],
    ['a handler that raises', 'try:\n    y = x @ w\nexcept ValueError:\n    raise\nreturn y', XW],
    ['a match', 'match mode:\n    case 1:\n        return x @ w\n    case _:\n        return x', null],
    ['one of two layers', 'g = nn.Linear(5, 5) if flag else nn.Linear(5, 3)\nreturn g(x)', null],
    ['one of two equal layers', 'g = nn.Linear(5, 3) if flag else nn.Linear(5, 3)\nreturn g(x)', XV + 12],
    ['a nested function', 'def g(y):\n    return y @ v\nreturn x @ w', null],
  ];
  for (const [name, body, expected] of bodies) {
    it(`counts ${name}`, () => {
      assert.equal(ofBody(body), expected);
    });
  }

  const module = (init: string, forward: string, more = ''): string =>
    `${IMPORTS}${more}class M(nn.Module):\n    def __init__(self):\n        super().__init__()\n        ${init}\n` +
    `    def forward(self, x: Float[Tensor, "2 4"], flag=None):\n        ${forward}\n`;
  const UP = 2 * 8 * (2 * 4 + 1);
  const DOWN = 2 * 4 * (2 * 8 + 1);
  const BLOCK = `class Block(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 4)\n    def forward(self, y: Float[Tensor, "n 4"]):\n        return self.fc(y)\n\n`;
  const SAME = 2 * 4 * (2 * 4 + 1);
  const modules: readonly (readonly [string, string, string, number | null])[] = [
    ['a Sequential', 'self.net = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))', 'return self.net(x)', UP + DOWN],
    ['a Sequential in a Sequential', 'self.net = nn.Sequential(nn.Sequential(nn.Linear(4, 8)), nn.Linear(8, 4))', 'return self.net(x)', UP + DOWN],
    ['a Sequential with a part that is not known', 'self.net = nn.Sequential(nn.Linear(4, 8), custom())', 'return self.net(x)', null],
    ['a Sequential of blocks', 'self.net = nn.Sequential(Block(), Block())', 'return self.net(x)', 2 * SAME],
    ['a Sequential of a block and a Linear', 'self.net = nn.Sequential(Block(), nn.Linear(4, 8))', 'return self.net(x)', SAME + UP],
    ['a loop over different layers', 'self.net = nn.ModuleList([nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4)])', 'for each in self.net: x = each(x)', null],
    ['a loop over equal layers', 'self.net = nn.ModuleList([nn.Linear(4, 4), nn.Linear(4, 4)])', 'for each in self.net: each(x)', 2 * SAME],
    ['a loop with a layer that is not known', 'self.net = nn.ModuleList([nn.Linear(4, 4), custom()])', 'for each in self.net: each(x)', null],
    ['a layer that may be missing', 'self.a = nn.Linear(4, 4) if True else None', 'return self.a(x)', SAME],
  ]; // prettier-ignore
  for (const [name, init, forward, expected] of modules) {
    it(`counts ${name}`, () => {
      assert.equal(total(module(init, forward, BLOCK), 'M.forward'), expected);
    });
  }

  it('keeps a Sequential one operation', () => {
    const text = module('self.net = nn.Sequential(nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 4))', 'return self.net(x)');
    const forward = core.analyze(text).functions.find((each) => each.key === 'M.forward');
    assert.deepEqual(
      forward?.operations.map((each) => each.kind),
      ['container_call'],
    );
  });

  const casts: readonly (readonly [string, string | null])[] = [
    ['x.to(torch.float16)', 'f16'],
    ['x.to(dtype=torch.bfloat16)', 'bf16'],
    ['x.to("cuda", torch.float16)', 'f16'],
    ['x.half().to("cuda")', 'f16'],
    ['x.half().to(mode)', null],
    ['x.half().float()', 'f32'],
    ['x.double()', 'f64'],
    ['x.bfloat16()', 'bf16'],
    ['x.to(w.half().dtype)', 'f16'],
    ['x.half().to(w.device)', 'f16'],
    ['x.to(w.double())', 'f64'],
    ['x.type(torch.float64)', 'f64'],
    ['x.type_as(w.half())', 'f16'],
    ['x.half().type(mode)', null],
  ];
  for (const [code, dtype] of casts) {
    it(`gives ${code} its dtype`, () => {
      assert.equal(single(`${code} @ w`).dtypes[0], dtype);
    });
  }

  // Four projections of 12 tokens, and for each of them scores and weighted sum over its keys.
  const attention = (keys: number): string => String(8 * 12 * 8 * 8 + 4 * 12 * keys * 8);
  const heads: readonly (readonly [string, string | null])[] = [
    ['8, 2', attention(6)],
    ['8, 2, batch_first=False', attention(6)],
    ['8, 2, batch_first=True', attention(2)],
    ['8, 2, batch_first=flag', null],
    ['8, 2, kdim=8', null],
    ['8, 2, vdim=8', null],
    ['8, 2, add_zero_attn=True', null],
  ];
  for (const [args, flops] of heads) {
    it(`counts MultiheadAttention(${args})`, () => {
      const found = single(`nn.MultiheadAttention(${args})(s, s, s)`);
      assert.deepEqual([found.flops, found.bytes], [flops, null]);
    });
  }

  const recurrent: readonly (readonly [string, string, string | null])[] = [
    ['LSTM(8, 16)', '(6, 2, 16)', String(2 * 4 * 12 * 16 * (8 + 16))],
    ['LSTM(8, 16, bidirectional=True)', '(6, 2, 32)', String(2 * 2 * 4 * 12 * 16 * (8 + 16))],
    ['GRU(8, 16, 2, bidirectional=True)', '(6, 2, 32)', String(2 * 2 * 3 * 12 * (16 * (8 + 16) + 16 * (32 + 16)))],
    ['RNN(8, 16, bidirectional=flag)', '(6, 2, ?)', null],
    ['LSTM(8, 16, proj_size=4)', '(6, 2, ?)', null],
    ['LSTM(8, 16, num_layers=mode[flag])', '(6, 2, 16)', null],
  ];
  for (const [made, result, flops] of recurrent) {
    it(`counts ${made}`, () => {
      const found = single(`nn.${made}(s)`);
      assert.deepEqual([found.result, found.flops, found.bytes], [result, flops, null]);
    });
  }

  const moved: readonly (readonly [string, string | null])[] = [
    ['x @ w', String(4 * (20 + 25 + 20))],
    ['x @ x.T', String(4 * (20 + 16))],
    ['x.half() @ w.half()', String(2 * (20 + 25 + 20))],
    ['x[:2] @ x.transpose(0, 1)', String(4 * (20 + 8))],
    ['torch.nn.functional.scaled_dot_product_attention(s, s, s)', String(4 * (96 + 96))],
    ['x[:1].expand(4, 5) @ w', null],
  ];
  for (const [code, bytes] of moved) {
    it(`knows what ${code} moves`, () => {
      assert.equal(single(code).bytes, bytes);
    });
  }
});
