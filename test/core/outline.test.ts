/** What is read of a text without parsing all of it. */
import assert from 'node:assert/strict';
import { codeOnly, outlineOf } from '../../src/core';
import { TestCore } from './support/analyze';
import { TestFiles } from './support/files';

const LONG = '        y = x + 1  # as long as a body has to be to be left out\n        return y\n';

/** A text, and how many bodies its outline leaves out. */
const OUTLINES: readonly (readonly [string, string, number])[] = [
  ['functions and methods', `def f(x):\n${LONG}\nclass A:\n    a = 1\n    def g(self, x):\n${LONG}\n    b = 2\n`, 2],
  ['decorators and async', `class A:\n    @property\n    # note\n    async def g(self, x):\n${LONG}`, 1],
  ['functions within functions', `def f(x):\n    def g(y):\n${LONG}    return g(x)\n\nx = 1\n`, 1],
  ['classes within functions', `def f(x):\n    class A:\n        def g(y):\n    ${LONG}    return A\n\nx = 1\n`, 1],
  ['definitions within blocks', `if x:\n    def f(x):\n${LONG}else:\n    def f(x):\n${LONG}\ny = 1\n`, 2],
  ['headers over several lines', `def f(\n    x=(1, 2),\n    y: str = ")",\n) -> int:\n${LONG}`, 1],
  ['bodies on the line of the header', 'def f(x): return x + 1 + 2 + 3 + 4 + 5 + 6 + 7 + 8 + 9 + 10\ny = 1\n', 0],
  ['short bodies', 'def f(x):\n    return x\n', 0],
  ['docstrings', `def f(x):\n    """Some\ndef g(x):\n  (: \\""" '\n    """\n${LONG.replaceAll('        ', '    ')}z = 1\n`, 1],
  ['formatted strings', `def f(x):\n    a = f"{x['a']!r:>{w}} {{"\n    b = f'{x["(b"]}'\n    return f"""{\n      a}"""\ny = 1\n`, 1],
  ['continued lines', `def f(x):\n    y = x + \\\n  1\n    return x and \\\n  y or """\n""" + 'a very long line'\nz = 1\n`, 1],
  ['comments behind the body', `def f(x):\n${LONG}        # at its end\n    # less far in\n# outside\ny = 1\n`, 1],
  ['comments before the body', `def f(x):  # (\n    # first\n# outside\n${LONG.replaceAll('        ', '    ')}y = 2\n`, 1],
  ['carriage returns', `def f(x):\n${LONG}\ny = 1\n`.replaceAll('\n', '\r\n'), 1],
  ['no newline at the end', `def f(x):\n${LONG.trimEnd()}`, 1],
  ['comments that speak to this tool', `def f(x):\n    # shape: x=f32[64, 64]\n    return x @ x + 1 + 2 + 3 + 4 + 5 + 6\n`, 0],
  ['names that begin like a definition', `define = 1\ndef_ = [\n  2]\nasync_def = 3\n`, 0],
]; // prettier-ignore

/** Texts whose lines do not show what is in them. */
const UNCLEAR: readonly (readonly [string, string])[] = [
  ['tabs', 'def f(x):\n\treturn x\n'],
  ['a lone carriage return', 'x = 1\ry = 2\n'],
  ['a form feed', 'x = 1\n\fy = 2\n'],
  ['a bracket that is not closed', 'def f(x):\n    return (x\n'],
  ['a bracket that is not opened', 'x = 1)\n'],
  ['a string that is not closed', 'x = "a\ny = 1\n'],
  ['a long string that is not closed', 'x = """a\ny = 1\n'],
  ['a dedent to nowhere', `def f(x):\n${LONG}   y = 1\n`],
];

const CODE: readonly (readonly [string, string])[] = [
  ['x = "a # b"  # c "d\ny', 'x = "     "  #     \ny'],
  ["x = '''a\nb'''; y", "x = '''   '''; y"],
  ['x = "a\\"b" + y', 'x = "    " + y'],
  ['x = r"a\\" + y', 'x = r"       '],
  ['x = f"{a @ b}" + rb"c"', 'x = f"{a @ b}" + rb" "'],
  ['x = "not closed\ny = 1', 'x = "          \ny = 1'],
  ['x = """not closed\ny', 'x = """            '],
];

describe('an outline', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  for (const [what, text, left] of OUTLINES)
    it(`tells what the whole text tells: ${what}`, () => {
      const outline = outlineOf(text);
      assert.ok(outline);
      assert.equal(outline.text.length, text.length);
      assert.equal(outline.gaps.length, left);
      for (const { start, end } of outline.gaps) assert.match(outline.text.slice(start, end), /^ +$/);
      const whole = core.facts(text, text);
      assert.ok(whole);
      assert.deepEqual(core.facts(outline, text), whole);
    });

  for (const [what, text] of UNCLEAR)
    it(`is not made of ${what}`, () => {
      assert.equal(outlineOf(text), null);
    });
});

describe('a file with a broken function, among others', () => {
  const GOOD = 'import torch\ndef f(x: torch.Tensor):\n    y = x.view(3, 4)\n    return y @ y.T\n';
  const TORN = 'def g(x: torch.Tensor):\n    y = x.view(3, 4) +* 2\n    z = torch.ones(2, 3)\n    return z @ y\n';
  const LAST = 'def h(x: torch.Tensor):\n    y = x.view(5, 4)\n    return y @ y.T\n';

  it('is read as it is by itself', async () => {
    const core = await TestCore.load();
    const text = GOOD + TORN + LAST;
    assert.ok(outlineOf(text), 'its lines show what is in them');
    const files = new TestFiles(core, {
      '/w/a.py': text,
      '/w/b.py': 'from a import f, g\nimport torch\ng(torch.ones(2)) @ f(1)\n',
    });
    const alone = core.analyze(text).functions.flatMap(({ operations }) => operations.map(({ start }) => start));
    const among = async (): Promise<readonly number[]> =>
      (await files.analyze('/w/a.py')).functions.flatMap(({ operations }) => operations.map(({ start }) => start));
    assert.deepEqual(await among(), alone);
    await files.analyze('/w/b.py');
    assert.deepEqual(await among(), alone);
  });
});

describe('the code of a text', () => {
  for (const [text, code] of CODE)
    it(JSON.stringify(text), () => {
      assert.equal(codeOnly(text), code);
    });
});
