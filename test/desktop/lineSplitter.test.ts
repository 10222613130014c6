import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineSplitter } from '../../src/desktop/runner/lineSplitter';
import type { Line } from '../../src/desktop/runner/lineSplitter';
import { Tail, withoutControls } from '../../src/desktop/runner/tail';

function split(chunks: readonly Buffer[], limit: number): Line[] {
  const lines: Line[] = [];
  const splitter = new LineSplitter(limit, (line) => lines.push(line));
  for (const chunk of chunks) splitter.push(chunk);
  splitter.end();
  return lines;
}

describe('LineSplitter', () => {
  it('gives the same lines however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '))),
        fc.array(fc.nat(20), { minLength: 1 }),
        (texts, cuts) => {
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          const chunks: Buffer[] = [];
          for (let at = 0, cut = 0; at < bytes.length; cut++) {
            const length = 1 + (cuts[cut % cuts.length] ?? 0);
            chunks.push(bytes.subarray(at, at + length));
            at += length;
          }
          assert.deepEqual(
            split(chunks, 1_000_000),
            texts.map((text) => ({ kind: 'line', text: Buffer.from(text).toString() })),
          );
        },
      ),
    );
  });

  it('drops a line over the limit, says how long it was, and goes on with the next', () => {
    const lines = split([Buffer.from('12345'), Buffer.from('6'), Buffer.from('\n12345\n1')], 5);
    assert.deepEqual(lines, [
      { kind: 'oversized', bytes: 6 },
      { kind: 'line', text: '12345' },
    ]);
  });
});

describe('Tail', () => {
  it('keeps the end, whatever came before', () => {
    const tail = new Tail(1_000);
    for (let index = 0; index < 5_000; index++) tail.add(Buffer.from(`${index}\n`));
    assert.equal(tail.text(9), '4998\n4999');
    assert.ok(tail.text(10_000).length <= 1_250);
  });

  it('has no escape sequences and no control characters', () => {
    assert.equal(withoutControls('\u001b[1mbold\u001b[0m\u0007 10%\r100%\r\ndone\u009b'), 'bold 10%\n100%\ndone');
  });
});
