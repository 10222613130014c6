/** What ran: call sites and calls of 32 packages, as they were recorded. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Lines count from 1, columns from 0 in UTF-8 bytes, the end is exclusive. */
export interface Range {
  readonly line: number;
  readonly col: number;
  readonly end_line: number;
  readonly end_col: number;
}

/** A place that multiplied, or that made a layer. */
export interface Site extends Range {
  readonly package: string;
  readonly file: string;
  readonly kind: string;
  readonly op: string;
  /** Of the tensors that it was given, in order; of a constructor `[in, out]`. */
  readonly shapes: readonly (readonly number[])[];
}

export interface RecordedFile {
  readonly package: string;
  /** Path inside site-packages. */
  readonly file: string;
  readonly sha1: string;
  readonly sites: readonly Site[];
  /** Calls and `@` that ran, whatever they were. */
  readonly calls: readonly Range[];
}

interface Line {
  readonly file: string;
  readonly sha1: string;
  readonly sites: readonly (readonly [
    number,
    number,
    number,
    number,
    string,
    string,
    readonly (readonly number[])[],
  ])[];
  /** `[line, column, further lines, end column]` */
  readonly calls: readonly (readonly [number, number, number, number])[];
}

/** Files by their paths; each path is of one package. */
export function readRecorded(folder: string): ReadonlyMap<string, RecordedFile> {
  const files = new Map<string, RecordedFile>();
  for (const name of readdirSync(folder).sort()) {
    const lines = readFileSync(path.join(folder, name), 'utf8').trimEnd().split('\n');
    for (const text of lines) {
      const { file, sha1, sites, calls } = JSON.parse(text) as Line;
      const origin = { package: path.basename(name, '.jsonl'), file };
      if (files.has(file)) throw new Error(`${file} is recorded twice`);
      files.set(file, {
        ...origin,
        sha1,
        sites: sites.map(([line, col, end_line, end_col, kind, op, shapes]) => ({
          ...origin,
          ...{ line, col, end_line, end_col, kind, op, shapes },
        })),
        calls: calls.map(([line, col, further, end_col]) => ({ line, col, end_line: line + further, end_col })),
      });
    }
  }
  return files;
}

/** Ranges are equal exactly when their keys are. */
export function rangeKey({ line, col, end_line, end_col }: Range): string {
  return `${line}:${col}-${end_line}:${end_col}`;
}
