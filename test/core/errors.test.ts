/** Certain errors where they are not in a fixture that torch runs: other forms of shapes, other places, other surfaces. */
import assert from 'node:assert/strict';
import { findingsOf, LineIndex, suppressionEdit } from '../../src/core';
import type { Finding } from '../../src/core';
import { TestCore } from './support/analyze';

const IMPORTS = `import torch
import torch.nn.functional as F
from torch import Tensor, nn
from jaxtyping import Float

`;

describe('certain errors', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const errors = (text: string): readonly Finding[] =>
    findingsOf(core.analyze(IMPORTS + text)).filter((each) => each.severity === 'error');
  const codes = (text: string): readonly string[] => errors(text).map((each) => each.code);
  const inFunction = (lines: string): string =>
    `def f(a: Float[Tensor, "b 4"], w: Float[Tensor, "5 6"], flag):\n${lines.replace(/^/gm, '    ')}\n`;

  const bodies: readonly (readonly [string, string, readonly string[]])[] = [
    ['annotated parameters', 'return a @ w', ['MM901']],
    ['one that is bound again', 'a = flag\nreturn a @ w', []],
    ['one of a handler', 'try:\n    a = flag\nexcept E:\n    pass\nreturn a @ w', []],
    ['one of a match', 'match flag:\n    case a:\n        pass\nreturn a @ w', []],
    ['an import of the same name', 'import a\nreturn a @ w', []],
    ['a lambda', 'return lambda: a @ w', []],
    ['a nested function', 'def g():\n    return a @ w\nreturn g', []],
    ['what a lambda calls the same', 'return (lambda a: a)(w) @ w.T', []],
    ['a comprehension variable of the same name', 'return [a @ w for a in flag]', []],
    ['code under a test of a shape', 'if a.shape[-1] == 5:\n    return a @ w', []],
    ['code behind a test of a shape', 'if a.shape[-1] != 5:\n    raise ValueError\nreturn a @ w', []],
    ['code behind an assertion of a shape', 'assert a.size(-1) == 5\nreturn a @ w', []],
    ['one way of several', 'if flag:\n    return a @ w\nreturn a', ['MM901']],
    ['code for type checkers', 'if TYPE_CHECKING:\n    a @ w', []],
    ['code under a changed meaning of operators', 'with FunctionMode():\n    a @ w', []],
    ['code under autocast', 'with torch.autocast("cpu"):\n    a @ w', ['MM901']],
    ['a wrong rank', 'return torch.bmm(a, w)', ['MM902']],
    ['a name of another library', 'torch = flag\nreturn torch.bmm(a, w)', []],
    ['a partly applied product', 'from functools import partial\nf = partial(torch.mv, w)\nreturn f(a)', []],
    ['broken code', 'x = (\nreturn a @ w', []],
    ['subscripts in a variable', 'e = "ij,jk->il"\nreturn torch.einsum(e, a, w)', []],
    ['subscripts beside a star', 'return torch.einsum("ij,jk->ik", *flag)', []],
    ['a list of operands', 'return torch.einsum("ij,jk->ik", flag)', []],
  ]; // prettier-ignore
  for (const [name, body, expected] of bodies) {
    it(`judges ${name}`, () => {
      assert.deepEqual(codes(inFunction(body)), expected);
    });
  }

  it('looks at scripts', () => {
    assert.deepEqual(codes('a = torch.zeros(3, 4)\nb = torch.zeros(5, 6)\nprint(a @ b)\n'), ['MM901']);
    assert.deepEqual(codes('model = nn.Sequential(nn.Linear(4, 8), nn.Linear(9, 2))\nmodel(torch.zeros(3, 4))\n'), [
      'MM904',
    ]);
    assert.deepEqual(codes('a = torch.zeros(3, 4)\na = a.T\nb = torch.zeros(3, 6)\nprint(a @ b)\n'), []);
  });

  it('is silent about a function that is mapped, whose parameters have one dimension less there', () => {
    const definition = 'def f(a: Float[Tensor, "n 4"]):\n    return torch.mv(a, torch.zeros(4)), torch.dot(a, a)\n\n\n';
    assert.deepEqual(codes(definition), ['MM902']);
    assert.deepEqual(codes(`${definition}g = torch.vmap(f)\n`), []);
  });

  it('is silent about a function that a test expects to fail', () => {
    const definition = 'def bad():\n    return torch.zeros(3, 4) @ torch.zeros(3, 4)\n\n\n';
    assert.deepEqual(codes(definition), ['MM901']);
    for (const test of [
      'def test_bad():\n    with pytest.raises(RuntimeError):\n        bad()\n',
      'class T(TestCase):\n    def test(self):\n        self.assertRaises(RuntimeError, bad)\n',
    ])
      assert.deepEqual(codes(definition + test), []);
    assert.deepEqual(codes(`@pytest.mark.xfail\n${definition}`), []);
  });

  it('counts no default, no field of a config and no attribute that others set', () => {
    for (const [parameters, width] of [
      ['width: int = 20', 'width'],
      ['config', 'config.width'],
      ['', 'WIDTHS[0]'],
      ['', 'Config.width'],
    ] as const)
      assert.deepEqual(
        codes(`WIDTHS = [20]\n\n\nclass Config:\n    width = 20\n\n\nclass M(nn.Module):
    def __init__(self, ${parameters}):
        super().__init__()
        self.up = nn.Linear(10, ${width})
        self.down = nn.Linear(30, 5)

    def forward(self, x):
        return self.down(self.up(x))
`),
        [],
      );
  });

  it('tells where the widths come from', () => {
    const text = `class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Linear(10, 20)
        self.down = nn.Linear(30, 5)

    def forward(self, x):
        h = F.gelu(self.up(x))
        return self.down(h)
`;
    const [finding] = errors(text);
    assert.ok(finding);
    assert.equal(finding.message, '`self.down` takes 30 features and gets `h` (…, 20).');
    const whole = IMPORTS + text;
    assert.deepEqual(
      finding.related.map((each) => whole.slice(each.start, each.end)),
      ['nn.Linear(30, 5)', 'nn.Linear(10, 20)'],
    );
  });

  it('is silenced by a comment', () => {
    const text = `${IMPORTS}print(torch.zeros(3, 4) @ torch.zeros(3, 4))\n`;
    const analysis = core.analyze(text);
    const [finding] = findingsOf(analysis);
    assert.ok(finding);
    const edit = suppressionEdit(analysis, finding);
    const silenced = text.slice(0, edit.start) + edit.newText + text.slice(edit.end);
    assert.deepEqual(findingsOf(core.analyze(silenced)), []);
    assert.equal(new LineIndex(silenced).lineCount, new LineIndex(text).lineCount);
  });
});
