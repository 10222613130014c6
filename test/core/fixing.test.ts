/** Which fixes go together, and how notebooks are edited. */
import assert from 'node:assert/strict';
import {
  applyEdits,
  fixesTogether,
  fixOf,
  inLineEndings,
  joinCells,
  notebookEdits,
  readNotebook,
} from '../../src/core';
import type { Edit, Finding, Fix } from '../../src/core';

interface Change {
  readonly at: readonly [number, number];
  readonly edits: readonly (readonly [number, number])[];
  readonly owner?: string;
}

function findingOf({ at: [start, end], edits, owner = 'f' }: Change): Finding {
  const fix: Fix = {
    title: `${start}`,
    applicability: 'safe',
    edits: edits.map(([from, to]) => ({ start: from, end: to, newText: 'x' })),
  };
  const said = { code: 'MM301', name: 'x', severity: 'hint', surface: 'hint', message: '' } as const;
  return { start, end, ...said, fixes: [fix], related: [], owner };
}

const together = (...changes: readonly Change[]) =>
  fixesTogether(changes.map(findingOf), 'safe').map(({ fix }) => Number(fix.title));

describe('fixes', () => {
  it('of a finding: the first safe one, else the first unsafe one where that is allowed', () => {
    const fix = (applicability: Fix['applicability'], edits: readonly Edit[] = [{ start: 0, end: 1, newText: '' }]) =>
      ({ title: applicability, applicability, edits }) as const;
    const of = (...fixes: readonly Fix[]) => ({ ...findingOf({ at: [0, 1], edits: [] }), fixes });
    assert.equal(fixOf(of(fix('unsafe'), fix('safe')), 'unsafe')?.applicability, 'safe');
    assert.equal(fixOf(of(fix('unsafe')), 'safe'), null);
    assert.equal(fixOf(of(fix('display'), fix('unsafe')), 'unsafe')?.applicability, 'unsafe');
    assert.equal(fixOf(of(fix('safe', [])), 'unsafe'), null);
  });

  it('go together where each changes its own place alone', () => {
    assert.deepEqual(together({ at: [0, 5], edits: [[0, 5]] }, { at: [6, 9], edits: [[7, 8]] }), [0, 6]);
  });

  it('that overlap: the earlier one wins', () => {
    assert.deepEqual(together({ at: [0, 5], edits: [[0, 5]] }, { at: [3, 9], edits: [[4, 9]] }), [0]);
    // Two texts at one place have no order.
    assert.deepEqual(together({ at: [0, 5], edits: [[5, 5]] }, { at: [5, 9], edits: [[5, 5]] }), [0]);
  });

  it('that take something away elsewhere are alone in their function, and in all that they reach over', () => {
    const far: Change = {
      at: [50, 60],
      edits: [
        [10, 20],
        [50, 60],
      ],
    };
    assert.deepEqual(together(far, { at: [70, 80], edits: [[70, 80]] }), [50]);
    assert.deepEqual(together(far, { at: [70, 80], edits: [[70, 80]], owner: 'g' }), [50, 70]);
    assert.deepEqual(together({ at: [30, 40], edits: [[30, 40]], owner: 'g' }, far), [30]);
  });
});

describe('edits', () => {
  it('are made from the first to the last, whatever their order', () => {
    const edits = [
      { start: 4, end: 5, newText: 'E' },
      { start: 1, end: 2, newText: 'B' },
      { start: 1, end: 1, newText: '!' },
    ];
    assert.equal(applyEdits('abcde', [{ edits }]), 'a!BcdE');
  });

  it('have the line ending of their place', () => {
    assert.equal(inLineEndings('x\ny', 'a\r\nb\nc', 0), 'x\r\ny');
    assert.equal(inLineEndings('x\r\ny', 'a\r\nb\nc', 3), 'x\ny');
    assert.equal(inLineEndings('x\ny', 'a\r\nb', 3), 'x\r\ny');
    assert.equal(inLineEndings('x\ny', 'a', 1), 'x\ny');
  });
});

describe('edits of a notebook', () => {
  const SOURCES = ['%time a = 1\nb = 2', 'c = 3', '%%bash\nls'];

  /** @param change from a text of the program to another one */
  function edited(json: string, from: string, newText: string): string | null {
    const notebook = readNotebook(json);
    assert.ok(notebook.ok);
    const start = joinCells(notebook.cells).text.indexOf(from);
    assert.ok(start >= 0);
    const span = { start, end: start + from.length };
    const edits = notebookEdits(json, [{ ...span, edits: [{ ...span, newText }] }]);
    return edits && applyEdits(json, [{ edits }]);
  }

  const json = (sources: readonly unknown[], indent?: number) =>
    JSON.stringify({ cells: sources.map((source) => ({ source, cell_type: 'code' })), metadata: {} }, null, indent);

  it('change a source as it is written', () => {
    assert.equal(edited(json(SOURCES), 'c = 3', 'c = "4"\n'), json(SOURCES.with(1, 'c = "4"\n')));
    const lines = [['a = 1\n', 'b = 2'], ['c = 3']];
    for (const indent of [undefined, 1, 4]) {
      assert.equal(
        edited(json(lines, indent), 'b = 2', 'b\n= 2'),
        json([['a = 1\n', 'b\n', '= 2'], ['c = 3']], indent),
      );
      assert.equal(edited(json(lines, indent), 'a = 1\n', ''), json([['b = 2'], ['c = 3']], indent));
    }
    assert.equal(edited(json([['c = 3']], 1), 'c = 3', 'c\n= 3'), json([['c\n', '= 3']], 1));
  });

  it('keep how other lines are escaped', () => {
    const odd = '{"cells": [{"cell_type": "code", "source": ["x = \\"\\u00e9\\/\\"\\n", "c = 3"]}], "metadata": {}}';
    assert.equal(edited(odd, 'c = 3', 'c = "ü"'), odd.replace('"c = 3"', '"c = \\"\\u00fc\\""'));
  });

  it('are refused where the program has other code than the cell, and between cells', () => {
    assert.equal(edited(json(SOURCES), '0    ;a = 1', 'a = 2'), null);
    assert.equal(edited(json(SOURCES), 'b = 2\npass', 'b = 3'), null);
    assert.equal(edited(json(SOURCES), 'a = 1', 'a = 2'), json(SOURCES.with(0, '%time a = 2\nb = 2')));
  });
});
