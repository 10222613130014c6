/** Where records of a notebook's program stand in the notebook. */
import { LineIndex } from '../../core';
import type { Program } from '../../core';

interface Lines {
  readonly line: number;
  readonly end_line: number;
}

/** A record of a notebook says in which cell its lines are counted: of all cells, from 1. */
export type InCell<T> = T & { readonly cell?: number };

/** @returns the record with the lines of its cell */
export type Placing = <T extends Lines>(record: T) => InCell<T>;

/** In a Python file everything stands where it stands. */
export const unplaced: Placing = (record) => record;

export function placingIn({ text, cells }: Program): Placing {
  const lines = new LineIndex(text);
  /** Lines of the program that stand before each cell. */
  const before = cells.map((each) => (each ? lines.position(each.start).line : Infinity));
  return (record) => {
    const cell = before.findLastIndex((each) => each < record.line);
    const above = before[cell] ?? 0;
    return { ...record, cell: cell + 1, line: record.line - above, end_line: record.end_line - above };
  };
}

/** Such as `model.py:12:9`, or `notes.ipynb:cell 3:2:9`, with columns from 1, as editors count. */
export function placeText(shown: string, { cell, line, col }: InCell<{ line: number; col: number }>): string {
  return [shown, ...(cell === undefined ? [] : [`cell ${cell}`]), line, col + 1].join(':');
}
