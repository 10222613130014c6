/** From code to a race: what can be raced, what the form is filled with, and the request that comes of it. */
import assert from 'node:assert/strict';
import * as v from 'valibot';
import { inputsFromText, prefill, raceRequest, raceSubjects, subjectAtLine, subjectNamed } from '../../src/core';
import type { FileAnalysis, RaceOptions } from '../../src/core';
import { DEFAULT_BUDGET, RaceRequest } from '../../src/protocol';
import type { FormValues } from '../../src/protocol';
import { TestCore } from './support/analyze';

const CODE = `import torch
import torch.nn.functional as F
from torch import Tensor, nn

WIDTH = 32


class MLP(nn.Module):
    def __init__(self, width: int = WIDTH, hidden: int = 64):
        super().__init__()
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    # shape: x=f32[8, 32]
    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.relu(self.up(x)))

    def helper(self, x):
        return self.up(x)


class Tokens(nn.Module):
    def __init__(self, vocab_size, dim):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim)
        self.out = nn.Linear(dim, vocab_size)

    def forward(self, tokens, mask=None):
        return self.out(self.embedding(tokens))


# shape: a=f32[4, 5, 6], b=f32[4, 6, 3]
def loop(a, b):
    return torch.stack([a[i] @ b[i] for i in range(a.shape[0])])


def guess(x, w, causal: bool = False):
    return x @ w


def no_product(x):
    return x + 1


def outer():
    def inner(x, w):
        return x @ w
    return inner
`;

describe('race requests', () => {
  let core: TestCore;
  let analysis: FileAnalysis;
  before(async () => {
    core = await TestCore.load();
    analysis = core.analyze(CODE);
  });

  const options = (changes: Partial<RaceOptions> = {}): RaceOptions => ({
    id: 'race',
    file: '/project/model.py',
    roots: ['/project'],
    device: 'auto',
    precision: 'highest',
    modes: ['forward', 'training'],
    variants: null,
    budget: DEFAULT_BUDGET,
    seed: 1,
    synthetic: false,
    analyze: (text) => core.tryAnalyze(text),
    ...changes,
  });
  const subject = (name: string) => {
    const found = subjectNamed(analysis, name);
    assert.ok(found, name);
    return found;
  };
  const request = (name: string, values?: FormValues, changes?: Partial<RaceOptions>): RaceRequest => {
    const built = raceRequest(
      analysis,
      subject(name),
      values ?? prefill(analysis, subject(name), null).values,
      options(changes),
    );
    assert.ok(built.ok, JSON.stringify(built));
    return v.parse(RaceRequest, built.request);
  };

  it('has a subject for each function that multiplies and can be reached', () => {
    assert.deepEqual(
      raceSubjects(analysis).map((each) => [each.qualname, each.kind, each.products]),
      [
        ['MLP', 'module', 2],
        ['MLP.helper', 'method', 1],
        ['Tokens', 'module', 1],
        ['loop', 'function', 1],
        ['guess', 'function', 1],
      ],
    );
  });

  it('knows what a call costs where sizes are known', () => {
    // Two products and their biases: 8 · 64 · (2 · 32 + 1) + 8 · 32 · (2 · 64 + 1).
    assert.equal(subject('MLP').flops, 8 * 64 * 65 + 8 * 32 * 129);
    assert.equal(subject('MLP').flopsText, '66.3 kFLOP');
    assert.equal(subject('loop').flops, 4 * 2 * 5 * 6 * 3);
    assert.equal(subject('Tokens').flops, null);
  });

  it('finds the subject at a line', () => {
    const line = CODE.split('\n').indexOf('        return self.down(F.relu(self.up(x)))') + 1;
    assert.equal(subjectAtLine(analysis, line)?.qualname, 'MLP');
    assert.equal(subjectAtLine(analysis, 1), null);
  });

  it('fills the form with what the reader wrote', () => {
    const { values, complete } = prefill(analysis, subject('MLP'), null);
    assert.equal(complete, true);
    assert.deepEqual(
      values.inputs.map((each) => [each.name, each.kind, each.shape, each.dtype]),
      [['x', 'float', '8, 32', 'f32']],
    );
    assert.deepEqual(
      values.init.map((each) => [each.name, each.expression, each.default]),
      [
        ['width', '', 'WIDTH'],
        ['hidden', '', '64'],
      ],
    );
  });

  it("takes an embedding's input for an index, and guesses what is open", () => {
    const { values, complete } = prefill(analysis, subject('Tokens'), null);
    assert.equal(complete, false);
    const [tokens, mask] = values.inputs;
    assert.equal(tokens?.kind, 'index');
    assert.equal(tokens.high, values.init[0]?.expression);
    assert.match(tokens.learned, /line 29/);
    assert.equal(mask?.kind, 'default');
  });

  it('recalls the last answer where the code does not say, and only there', () => {
    const { values } = prefill(analysis, subject('guess'), null);
    const answered = { ...values, inputs: values.inputs.map((each) => ({ ...each, shape: '2, 2' })) };
    const again = prefill(analysis, subject('guess'), answered);
    assert.equal(again.complete, true);
    assert.deepEqual(
      again.values.inputs.map((each) => each.shape),
      ['2, 2', '2, 2', '2, 2'],
    );
    const loop = prefill(analysis, subject('loop'), null).values;
    const other = { ...loop, inputs: loop.inputs.map((each) => ({ ...each, shape: '9, 9, 9' })) };
    assert.equal(prefill(analysis, subject('loop'), other).values.inputs[0]?.shape, '4, 5, 6');
    assert.equal(prefill(analysis, subject('loop'), other, true).values.inputs[0]?.shape, '9, 9, 9');
  });

  it('says what is wrong with a # shape: comment', () => {
    const wrong = core.analyze('import torch\n# shape: x=f99[4, 8]\ndef f(x, w):\n    return torch.mm(x, w)\n');
    const [found] = raceSubjects(wrong);
    assert.ok(found);
    const built = raceRequest(wrong, found, prefill(wrong, found, null).values, options());
    assert.match(
      built.ok ? '' : (built.errors[''] ?? ''),
      /comment in line 2 cannot be read: `f99\[4, 8\]` is no shape/,
    );
  });

  it('has no subject that multiplies nothing when it is called', () => {
    const text =
      'import torch\ndef g(x: torch.Tensor):\n    yield x @ x\nasync def h(x: torch.Tensor):\n    return x @ x\n';
    assert.deepEqual(raceSubjects(core.analyze(text)), []);
  });

  it('races PyTorch code only', () => {
    const jax = core.analyze(
      'import jax.numpy as jnp\nimport jax\ndef f(x: jax.Array, w: jax.Array):\n    return jnp.dot(x, w)\n',
    );
    assert.deepEqual(raceSubjects(jax), []);
    const found = subjectNamed(jax, 'f');
    assert.ok(found);
    const built = raceRequest(jax, found, prefill(jax, found, null).values, options());
    assert.deepEqual(built, { ok: false, errors: { '': 'f is JAX code: a race starts from PyTorch code' } });
  });

  it('writes a request that the runner takes, with a source for each variant', () => {
    const { variants, programs, work, target } = request('MLP');
    assert.deepEqual(
      variants.map((each) => each.name),
      ['torch-eager', 'torch-compile', 'torch-vmap', 'jax-jit', 'jax-vmap-jit'],
    );
    assert.deepEqual(
      programs.map((each) => [each.id, each.text === CODE]),
      [['as-written', true]],
    );
    assert.equal(work.flops, subject('MLP').flops);
    assert.deepEqual(target.inputs, { x: 'f32[8,32]' });
    assert.equal(target.line, 15);
    for (const each of variants) assert.match(each.source, /^variant = |\nvariant = /);
    assert.match(
      variants.find((each) => each.name === 'jax-vmap-jit')?.source ?? '',
      /jax\.vmap\(one, in_axes=\(0,\)\)/,
    );
  });

  it('races a loop against its rewrite, its vmap and JAX', () => {
    const { variants, programs } = request('loop');
    assert.deepEqual(
      variants.map((each) => each.name),
      ['torch-eager', 'torch-compile', 'torch-rewrite', 'torch-vmap', 'jax-jit', 'jax-vmap-jit'],
    );
    assert.match(programs.find((each) => each.id === 'rewrite')?.text ?? '', /return torch\.bmm\(a, b\)/);
    assert.match(
      programs.find((each) => each.id === 'vmap')?.text ?? '',
      /return torch\.vmap\(torch\.matmul\)\(a, b\)/,
    );
  });

  it('keeps to the variants that are asked for, and says why one is not there', () => {
    const names = (wanted: readonly string[]) =>
      request('MLP', undefined, { variants: wanted }).variants.map((each) => each.name);
    assert.deepEqual(names(['jax-jit']), ['torch-eager', 'jax-jit']);
    const { values } = prefill(analysis, subject('MLP'), null);
    const refused = raceRequest(analysis, subject('MLP'), values, options({ variants: ['torch-rewrite'] }));
    assert.deepEqual(refused, { ok: false, errors: { '': 'torch-rewrite: no rule has a rewrite for this function' } });
    const unknown = raceRequest(analysis, subject('MLP'), values, options({ variants: ['fast'] }));
    assert.deepEqual(unknown, { ok: false, errors: { '': 'fast: there is no such variant' } });
  });

  it('names each field that is wrong', () => {
    const { values } = prefill(analysis, subject('Tokens'), null);
    const wrong: FormValues = {
      inputs: values.inputs.map((each) => (each.name === 'tokens' ? { ...each, shape: '4, many' } : each)),
      init: values.init.map((each) => ({ ...each, expression: ' ' })),
    };
    const built = raceRequest(analysis, subject('Tokens'), wrong, options());
    assert.equal(built.ok, false);
    assert.deepEqual(Object.keys(built.ok ? {} : built.errors), ['inputs.tokens', 'init.vocab_size', 'init.dim']);
  });

  it("races the products alone where the reader's code may not run", () => {
    const { programs, variants, target, inputs } = request('MLP', undefined, { synthetic: true });
    assert.equal(target.synthetic, true);
    assert.equal(target.qualname, 'MLP');
    assert.ok(programs.every((each) => each.file === null && !each.text.includes('class MLP')));
    assert.deepEqual(
      inputs.map((each) => ('shape' in each ? each.shape : null)),
      [
        [8, 64],
        [32, 64],
        [8, 32],
        [64, 32],
      ],
    );
    assert.ok(variants.some((each) => each.name === 'jax-jit'));
  });

  it("reads inputs in the command line's words", () => {
    const { values } = prefill(analysis, subject('Tokens'), null);
    const read = inputsFromText(values, 'tokens=i64[4, 16]<100, mask=None', 'vocab_size=100, dim=8');
    assert.ok(read.ok);
    const { inputs, init } = request('Tokens', read.values);
    assert.deepEqual(inputs, [
      { kind: 'index', name: 'tokens', dtype: 'i64', shape: [4, 16], high: 100 },
      { kind: 'literal', name: 'mask', expression: 'None' },
    ]);
    assert.deepEqual(init, [
      { name: 'vocab_size', expression: '100' },
      { name: 'dim', expression: '8' },
    ]);
  });

  for (const [text, message] of [
    ['tokens=i64[4', /is no shape/],
    ['nothing=f32[2]', /no parameter nothing; its parameters are tokens, mask/],
    ['tokens', /not of the form/],
    ['tokens=i64[B, 4]', /must be numbers/],
    ['tokens=f99[2]', /is no shape/],
  ] as const) {
    it(`answers --inputs ${text}`, () => {
      const { values } = prefill(analysis, subject('Tokens'), null);
      const read = inputsFromText(values, text, null);
      assert.match(read.ok ? '' : read.message, message);
    });
  }

  it('takes arguments from the functions of a benchmark problem', () => {
    const problem = core.analyze(`import torch
from torch import nn
N = 16
class Model(nn.Module):
    def __init__(self, n, scale):
        super().__init__()
        self.fc = nn.Linear(n, n)
        self.scale = scale
    def forward(self, x, y):
        return self.fc(x) * self.scale + y
def get_inputs():
    return [torch.randn(4, N), torch.rand(4, N)]
def get_init_inputs():
    return [N, 0.5]
`);
    const [model] = raceSubjects(problem);
    assert.ok(model);
    const { values, complete } = prefill(problem, model, null);
    assert.equal(complete, true);
    assert.deepEqual(
      values.inputs.map((each) => each.expression),
      ['get_inputs()[0]', 'get_inputs()[1]'],
    );
    assert.deepEqual(
      values.init.map((each) => each.expression),
      ['get_init_inputs()[0]', 'get_init_inputs()[1]'],
    );
    assert.equal(model.flops, 4 * 16 * 33);
    const built = raceRequest(problem, model, values, options());
    assert.ok(built.ok);
    assert.deepEqual(
      built.request.variants.map((each) => each.name),
      ['torch-eager', 'torch-compile', 'torch-vmap', 'jax-jit', 'jax-vmap-jit'],
    );
  });
});
