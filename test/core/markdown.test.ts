/** The reader's code in a hover: whatever it says, it is shown as code and acts as nothing. */
import assert from 'node:assert/strict';
import { explainAt } from '../../src/core';
import { markdownCode } from '../../src/core/describe/markdown';
import { TestCore } from './support/analyze';

const HOSTILE = ['<img src=x onerror=alert(1)>', '[go](command:workbench.action.quit)', '`', '``` ``', '`a``b`', 'a\r\n\r\n# b', '\u202eevil', '\x1b[31m', '$(gear)']; // prettier-ignore

describe('code in Markdown', () => {
  /** What CommonMark shows of one code span: its fence is the only run of backticks of that length. */
  const spanOf = (markdown: string): string | null => {
    const fence = /^`+/.exec(markdown)?.[0] ?? '';
    if (fence === '' || !markdown.endsWith(fence)) return null;
    const inside = markdown.slice(fence.length, -fence.length);
    if ([...inside.matchAll(/`+/g)].some((each) => each[0].length === fence.length)) return null;
    return inside.startsWith(' ') && inside.endsWith(' ') ? inside.slice(1, -1) : inside;
  };

  for (const text of HOSTILE) {
    it(`is one span with ${JSON.stringify(text)} in it`, () => {
      const shown = markdownCode(text);
      assert.ok(!/[\r\n]/.test(shown));
      assert.equal(spanOf(shown), text.replace(/\s+/g, ' '));
    });
  }

  it('is one span where an operand holds it', async () => {
    const core = await TestCore.load();
    for (const text of HOSTILE) {
      const operand = `a[${JSON.stringify(text)}]`;
      const source = `import torch\nx = torch.mm(${operand}, b)\n`;
      const explained = explainAt(core.analyze(source), source.indexOf('torch.mm'));
      assert.ok(explained?.markdown.includes(markdownCode(operand)), explained?.markdown);
      assert.equal(spanOf(markdownCode(operand)), operand);
    }
  });
});
