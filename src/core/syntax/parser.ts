/**
 * Incremental parsing in slices. A parse never holds the thread for longer than a slice, and gives up after
 * a bound on the whole: generated or hostile text may be arbitrarily slow to recover from errors.
 */
import { Edit, Parser } from 'web-tree-sitter';
import type { Language, Point, Range, Tree } from 'web-tree-sitter';
import { commonEnds } from './commonEnds';
import type { Outline } from './outline';

/** Time, as the host measures and grants it. */
export interface Pace {
  /** Milliseconds on a monotonic clock. */
  now(): number;
  /** Resolves once the host has had its turn. */
  breathe(): Promise<void>;
  readonly sliceMs: number;
  /** Bound on the parsing time of one text, waiting not counted. */
  readonly limitMs: number;
}

export type ParseResult =
  | { readonly kind: 'tree'; readonly tree: Tree }
  /** The text took longer than the limit. */
  | { readonly kind: 'tangled' }
  | { readonly kind: 'cancelled' };

/** A whole text, or an outline of it. */
export type Source = string | Outline;

export class PythonParser {
  private readonly parser: Parser;

  constructor(language: Language) {
    this.parser = new Parser();
    this.parser.setLanguage(language);
  }

  /** Parses in one go, as batch work does. */
  parse(source: Source, clock: Pick<Pace, 'now' | 'limitMs'>, previous?: Tree): ParseResult {
    const deadline = clock.now() + clock.limitMs;
    const tree = this.parser.parse(readable(source), previous ?? null, {
      ...partOf(source),
      progressCallback: () => clock.now() > deadline,
    });
    if (tree) return { kind: 'tree', tree };
    this.parser.reset();
    return { kind: 'tangled' };
  }

  /** Parses in slices and lets the host breathe between them. One parse at a time per parser. */
  async parseInSlices(
    source: Source,
    pace: Pace,
    options: { readonly previous?: Tree; readonly cancelled: () => boolean },
  ): Promise<ParseResult> {
    let spent = 0;
    const readableText = readable(source);
    const part = partOf(source);
    for (;;) {
      const begin = pace.now();
      const tree = this.parser.parse(readableText, options.previous ?? null, {
        ...part,
        progressCallback: () => pace.now() - begin > pace.sliceMs,
      });
      if (tree) return { kind: 'tree', tree };
      spent += pace.now() - begin;
      if (spent > pace.limitMs) {
        this.parser.reset();
        return { kind: 'tangled' };
      }
      await pace.breathe();
      if (options.cancelled()) {
        this.parser.reset();
        return { kind: 'cancelled' };
      }
    }
  }

  dispose(): void {
    this.parser.delete();
  }
}

/** What the parser is to look at. */
function partOf(source: Source): { readonly includedRanges?: Range[] } {
  if (typeof source === 'string') return {};
  const { text, gaps } = source;
  let startIndex = 0;
  let startPosition: Point = { row: 0, column: 0 };
  const includedRanges: Range[] = [];
  for (const { start, end } of [...gaps, { start: text.length, end: text.length }]) {
    const endPosition = pointAfter(text, startIndex, start, startPosition);
    includedRanges.push({ startIndex, endIndex: start, startPosition, endPosition });
    // A gap holds no newline.
    startPosition = { row: endPosition.row, column: endPosition.column + end - start };
    startIndex = end;
  }
  return { includedRanges };
}

/** The grammar takes a NUL for the end of the text, and for Python a lone CR ends a line. Offsets stay what they are. */
function readable(source: Source): string {
  const text = typeof source === 'string' ? source : source.text;
  const strange = text.includes('\0') || text.includes('\r');
  return strange ? text.replaceAll('\0', '\ufffd').replace(/\r(?!\n)/g, '\n') : text;
}

/**
 * Tells a tree how its text became `after`: one edit, between the longest common start and end. The tree is
 * then good as the `previous` of the next parse and for nothing else.
 */
export function editTree(tree: Tree, before: string, after: string): void {
  const { start, tail } = commonEnds(before, after);
  const startPosition = pointAt(before, start);
  tree.edit(
    new Edit({
      startIndex: start,
      oldEndIndex: before.length - tail,
      newEndIndex: after.length - tail,
      startPosition,
      oldEndPosition: pointAfter(before, start, before.length - tail, startPosition),
      newEndPosition: pointAfter(after, start, after.length - tail, startPosition),
    }),
  );
}

/** The parser counts rows by `\n` alone. */
function pointAt(text: string, offset: number): Point {
  return pointAfter(text, 0, offset, { row: 0, column: 0 });
}

function pointAfter(text: string, from: number, to: number, start: Point): Point {
  let { row } = start;
  let lineStart = from - start.column;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: to - lineStart };
}
