/** What translations look like, and what is refused: with the place, the reason and a way out. */
import assert from 'node:assert/strict';
import { convertFile, convertToJax, LineIndex } from '../../../src/core';
import { TestCore } from '../support/analyze';
import { analyzeAll } from './analyzeAll';

const HEAD = 'import math\nimport torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n\n';
const HEAD_LINES = 6;

describe('translation to JAX', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  function convert(code: string, qualname = 'f', init?: Readonly<Record<string, string>>) {
    const text = HEAD + code;
    const options = init ? { init: new Map(Object.entries(init)) } : {};
    const made = convertToJax(analyzeAll(core, text), qualname, options);
    assert.ok(made, `${qualname} is not defined`);
    return { made, text };
  }

  function written(code: string, qualname = 'f', init?: Readonly<Record<string, string>>): string {
    const { made } = convert(code, qualname, init);
    assert.ok(made.ok, made.ok ? '' : made.refusals.map((each) => each.reason).join('; '));
    return made.source;
  }

  /** The refusals, each with its line in `code`, counted from 1. */
  function refused(code: string, qualname = 'f') {
    const { made, text } = convert(code, qualname);
    assert.equal(made.ok, false, made.ok ? made.source : '');
    if (made.ok) return [];
    const lines = new LineIndex(text);
    return made.refusals.map((each) => ({
      line: lines.position(each.start).line + 1 - HEAD_LINES,
      reason: each.reason,
      source: text.slice(each.start, each.end),
    }));
  }

  /** `f(x)` that returns an expression of `x`, `y` and `i` (an index). */
  const returns = (expression: string): string =>
    `def f(x: torch.Tensor, y: torch.Tensor, i: torch.LongTensor):\n    return ${expression}\n`;

  function body(expression: string): string {
    return /[\s\S]*return ([\s\S]*)\n$/.exec(written(returns(expression)))?.[1] ?? '';
  }

  describe('writes', () => {
    const pairs: readonly (readonly [string, string])[] = [
      ['torch.matmul(x, y)', 'x @ y'],
      ['x.transpose(0, 1) @ (y + 1)', 'jnp.swapaxes(x, 0, 1) @ (y + 1)'],
      ['-x ** 2', '-(x**2)'],
      ['(-x) ** 2', '(-x) ** 2'],
      ['x - (y - 1)', 'x - (y - 1)'],
      ['torch.addmm(x, x, y, beta=0)', 'x @ y'],
      ['torch.addmm(x, x, y, beta=0.5, alpha=2)', '0.5 * x + 2 * (x @ y)'],
      ['F.gelu(x)', 'jax.nn.gelu(x, approximate=False)'],
      ['F.gelu(x, approximate="tanh")', 'jax.nn.gelu(x)'],
      ['x.var(-1)', 'jnp.var(x, axis=-1, ddof=1)'],
      ['x.std(dim=-1, unbiased=False)', 'jnp.std(x, axis=-1)'],
      ['x.permute(0, 2, 1)', 'jnp.transpose(x, (0, 2, 1))'],
      ['x.max(dim=1)[0]', 'largest(x, 1)[0]'],
      ['x.max(dim=1).values', 'largest(x, 1)[0]'],
      ['x.norm(dim=-1)', 'vector_norm(x, axis=-1)'],
      ['F.normalize(x @ y, dim=-1)', 'normalize(x @ y, axis=-1)'],
      ['x.clamp(min=0)', 'clamp(x, low=0)'],
      ['torch.lerp(x @ y, y, 0.5)', 'lerp(x @ y, y, 0.5)'],
      ['F.embedding(i, x, padding_idx=0)', 'embedding(x, i, 0)'],
      ['x.detach()', 'jax.lax.stop_gradient(x)'],
      ['x.expand(-1, 3)', 'jnp.broadcast_to(x, (x.shape[-2], 3))'],
      ['x.to("cuda")', 'x'],
      ['x.to(torch.float16)', 'x.astype(jnp.float16)'],
      ['torch.zeros(2, 3, device=x.device)', 'jnp.zeros((2, 3))'],
      ['x[..., 1:, None]', 'x[..., 1:, None]'],
      ['x[:, x.shape[0] // 2 :]', 'x[:, x.shape[0] // 2 :]'],
      ['x[i]', 'x[i]'],
      ['F.linear(x, y)', 'x @ y.T'],
    ];
    for (const [torch, jax] of pairs) it(torch, () => assert.equal(body(torch), jax));

    it('imports only what it uses', () => {
      assert.equal(written('def f(a, b):\n    return a @ b\n'), 'def f(a, b):\n    return a @ b\n');
    });

    it('keeps docstrings and comments', () => {
      const source = written('def f(x):\n    """What it does."""\n    # why\n    return x @ x  # done\n');
      assert.ok(source.includes('    """What it does."""\n    # why\n    return x @ x  # done\n'), source);
    });

    it('names a function of its own where a variable has its name', () => {
      const source = written(
        'class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 2)\n\n    def forward(self, x):\n        linear = self.fc(x)\n        return linear\n',
        'Net',
      );
      assert.ok(source.includes('linear = linear_layer(params["fc"], x)'), source);
      assert.ok(source.includes('def linear_(x, weight'), source);
    });

    it('keeps the dtype of what an operation in place writes to', () => {
      const line = (code: string): string =>
        written(`def f(x, y):\n    ${code}\n    return z\n`).split('\n').at(-3)?.trim() ?? '';
      assert.equal(line('z = x.clone()\n    z += y'), 'z = (z + y).astype(z.dtype)');
      assert.equal(line('z = x.clone()\n    z.mul_(y)'), 'z = (z * y).astype(z.dtype)');
      assert.equal(line('z = x.clone()\n    z.copy_(y)'), 'z = jnp.broadcast_to(y, z.shape).astype(z.dtype)');
      assert.equal(line('z = x.clone()\n    z *= 2'), 'z *= 2');
      assert.equal(line('z = x.clone()\n    z += x.exp()'), 'z += jnp.exp(x)');
      assert.equal(line('z = torch.zeros(3)\n    z += y'), 'z += y');
    });

    it('gives no gradient to what runs without autograd', () => {
      for (const decorator of ['torch.no_grad()', 'torch.inference_mode()'])
        assert.match(
          written(`@${decorator}\ndef f(x, y):\n    return x @ y, x.shape[0]\n`),
          /return jax\.lax\.stop_gradient\(\(x @ y, x\.shape\[0\]\)\)/,
        );
      const found = refused('@torch.no_grad()\ndef f(x, y):\n    z = x @ y\n    return x\n');
      assert.deepEqual(
        found.map((each) => each.line),
        [4],
      );
      assert.match(found[0]?.reason ?? '', /an argument itself/);
    });

    it('compares the module with what hidden arguments of the constructor decided', () => {
      const code = (keep: string): string =>
        `class Net(nn.Module):\n    def __init__(self, dim, norm=True):\n        super().__init__()\n        self.part = nn.LayerNorm(dim) if norm else nn.Identity()\n        self.bias = nn.Parameter(torch.zeros(dim)) if not norm else None\n        ${keep}\n\n    def forward(self, x):\n        return self.part(x)\n`;
      const hidden = written(code('pass'), 'Net');
      assert.match(hidden, /expected = \{"part": "LayerNorm"\}/);
      assert.match(hidden, /assert module\.bias is None, "built with other arguments"/);
      assert.match(hidden, /assert len\(module\.part\.normalized_shape\) == 1, \(?\s*"written for/);
      const kept = written(code('self.norm = norm'), 'Net');
      assert.match(kept, /assert module\.norm, "written for norm"/);
      assert.doesNotMatch(kept, /named_modules/);
      const lambda = code('self.act = (lambda x: x) if norm else (lambda x: -x)');
      assert.match(refused(lambda, 'Net')[0]?.reason ?? '', /`act` may depend on `norm`/);
    });

    it('gives the constructor arguments that a race knows', () => {
      const code =
        'class Net(nn.Module):\n    def __init__(self, dim, scale):\n        super().__init__()\n        self.fc = nn.Linear(dim, dim)\n        self.scale = scale * 2\n\n    def forward(self, x):\n        return self.fc(x) * self.scale\n';
      assert.match(written(code, 'Net', { dim: '4', scale: '0.5' }), /scale: object = 0\.5 \* 2\n/);
      assert.match(written(code, 'Net'), /config = Config\(scale=module\.scale\)/);
      const { made } = convert(code, 'Net', { dim: '4' });
      assert.equal(made.ok, false);
    });
  });

  describe('refuses', () => {
    const lines: readonly (readonly [string, RegExp])[] = [
      ['if x.sum() > 0:\n        x = -x', /truth of `x\.sum\(\) > 0`/],
      ['n = x.max().item()', /\.item\(\)/],
      ['x += 1', /in place/],
      ['x.mul_(2)', /in place/],
      ['x[0] = 1', /written to/],
      ['x = torch.dropout(x, 0.5, True)', /dropout/],
      ['x = x + torch.rand(3)', /torch\.rand/],
      ['x = x[x > 0]', /boolean mask/],
      ['x = x[0, :, i]', /another order of axes/],
      ['x = torch.einsum(x, [0, 1], [1, 0])', /sublist form/],
      ['x = F.softmax(x)', /without dim/],
      ['x = torch.fft.fft(x)', /torch\.fft\.fft/],
      ['x = x.frobnicate()', /frobnicate/],
      ['x = torch.sum(x, out=x)', /`out`/],
      ['try:\n        x = x + 1\n    except ValueError:\n        pass', /try/],
      ['global STATE', /global/],
      ['print(x)', /printing/],
      ['x.backward()', /backward/],
      ['x = x.data', /\.data/],
      ['with torch.no_grad():\n        x = x + 1', /stops gradients/],
      ['x = sorted(x)', /sorting/],
      ['x = yield x', /yield/],
      ['x = float(x)', /takes a value out of a tensor/],
      ['x = undefined(x)', /not defined/],
    ];
    for (const [statement, reason] of lines) {
      it(statement.split('\n')[0] ?? '', () => {
        const found = refused(
          `def f(x: torch.Tensor, i: torch.LongTensor):\n    y = x * 2\n    ${statement}\n    return x\n`,
        );
        const [first] = found;
        assert.ok(first);
        assert.match(first.reason, reason);
        assert.equal(first.line, 3);
      });
    }

    it('a write into memory that another name shares', () => {
      const found = refused('def f(x):\n    y = x @ x\n    z = y.view(-1)\n    y += 1\n    return z\n');
      assert.deepEqual(
        found.map((each) => each.line),
        [4],
      );
    });

    it('a write into a conversion, which gives the same tensor where the dtype is the same', () => {
      for (const conversion of ['x.float()', 'x.to(torch.float16)', 'x.type_as(y)'])
        assert.deepEqual(
          refused(`def f(x, y):\n    z = ${conversion}\n    z += 1\n    return z @ y\n`).map((each) => each.line),
          [3],
        );
    });

    it('a write in a loop into what an earlier round has kept', () => {
      const found = refused(
        'def f(x):\n    h = x @ x\n    out = []\n    for _ in range(3):\n        h += 1\n        out.append(h)\n    return out\n',
      );
      assert.deepEqual(
        found.map((each) => each.line),
        [5],
      );
    });

    it('a method that strings have, too, on a value of unknown kind', () => {
      assert.match(refused('def f(x, n):\n    return x.split(n)\n')[0]?.reason ?? '', /may be a method of a tensor/);
    });

    it('decorators, collected arguments, recursion, async functions', () => {
      assert.match(refused('@cached\ndef f(x):\n    return x @ x\n')[0]?.reason ?? '', /decorator/);
      assert.match(refused('def f(*xs):\n    return xs[0] @ xs[1]\n')[0]?.reason ?? '', /collects/);
      assert.match(
        refused('def f(x):\n    return g(x)\n\n\ndef g(x):\n    return g(x @ x)\n')[0]?.reason ?? '',
        /calls itself/,
      );
      assert.match(refused('async def f(x):\n    return x @ x\n')[0]?.reason ?? '', /async/);
    });

    it('state, tied weights, and classes that are no plain modules', () => {
      const module = (init: string, forward: string): string =>
        `class N(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(2, 2)\n        self.b = nn.Linear(2, 2)\n        ${init}\n\n    def forward(self, x):\n        ${forward}\n`;
      const one = (init: string, forward: string) => refused(module(init, forward), 'N')[0];
      assert.match(one('pass', 'self.cache = x\n        return self.a(x)')?.reason ?? '', /outlives the call/);
      assert.match(one('self.b.weight = self.a.weight', 'return self.b(x)')?.reason ?? '', /sets its `weight`/);
      assert.match(one('self.c = nn.Conv2d(1, 1, 1)', 'return self.c(x)')?.reason ?? '', /Conv2d is not translated/);
      assert.equal(one('self.c = nn.Conv2d(1, 1, 1)', 'return self.c(x)')?.line, 9);
      assert.match(
        refused('class N(Unknown):\n    def forward(self, x):\n        return x @ x\n', 'N')[0]?.reason ?? '',
        /plain torch\.nn\.Module/,
      );
    });
  });

  it('converts what it can of a file and lists the rest', () => {
    const made = convertFile(
      analyzeAll(core, `${HEAD}def f(a, b):\n    return a @ b\n\n\ndef g(x):\n    return x.item()\n`),
    );
    assert.deepEqual(made.converted, ['f']);
    assert.deepEqual(
      made.refused.map((each) => each.qualname),
      ['g'],
    );
    assert.ok(made.source?.includes('def f(a, b):'));
  });

  it('knows no definition of another name', () => {
    assert.equal(convertToJax(analyzeAll(core, `${HEAD}def f(x):\n    return x\n`), 'g'), null);
  });
});
