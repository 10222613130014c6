/** What changes between two files, as `patch` and `git apply` read it. Bytes stay bytes, whatever their encoding. */

const CONTEXT = 3;

/** @returns empty where nothing changes */
export function unifiedDiff(name: string, before: Uint8Array, after: Uint8Array): Uint8Array {
  const [a, b] = [linesOf(before), linesOf(after)];
  const hunks = hunksOf(changesBetween(a, b));
  if (hunks.length === 0) return new Uint8Array();
  // GNU's mark behind a name with spaces.
  const shown = Buffer.from(`${name}${/\s/.test(name) ? '\t' : ''}`, 'utf8').toString('latin1');
  const text = [`--- ${shown}\n+++ ${shown}\n`, ...hunks.map((each) => hunkText(each, a, b))].join('');
  return Buffer.from(text, 'latin1');
}

/** One character a byte. */
function linesOf(bytes: Uint8Array): readonly string[] {
  return (
    Buffer.from(bytes)
      .toString('latin1')
      .match(/[^\n]*\n|[^\n]+/g) ?? []
  );
}

/** Lines `a0` to `a1` become lines `b0` to `b1`, counted from 0, the last one not included. */
interface Change {
  readonly a0: number;
  readonly a1: number;
  readonly b0: number;
  readonly b1: number;
}

/** The shortest way from one to the other (Myers, 1986), in the order of the lines. */
function changesBetween(a: readonly string[], b: readonly string[]): readonly Change[] {
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: ReadonlyMap<number, number>[] = [];
  const far = (reached: ReadonlyMap<number, number>, diagonal: number): number => reached.get(diagonal) ?? -1;
  const goesDown = (reached: ReadonlyMap<number, number>, diagonal: number, edits: number): boolean =>
    diagonal === -edits || (diagonal !== edits && far(reached, diagonal - 1) < far(reached, diagonal + 1));
  for (let edits = 0; edits <= a.length + b.length; edits++) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = goesDown(furthest, diagonal, edits) ? far(furthest, diagonal + 1) : far(furthest, diagonal - 1) + 1;
      while (x < a.length && x - diagonal < b.length && a[x] === b[x - diagonal]) x++;
      furthest.set(diagonal, x);
      if (x >= a.length && x - diagonal >= b.length) return wayBack(trace, goesDown, far, a.length, b.length);
    }
  }
  return [];
}

function wayBack(
  trace: readonly ReadonlyMap<number, number>[],
  goesDown: (reached: ReadonlyMap<number, number>, diagonal: number, edits: number) => boolean,
  far: (reached: ReadonlyMap<number, number>, diagonal: number) => number,
  ...[endA, endB]: readonly [number, number]
): readonly Change[] {
  const changes: Change[] = [];
  let [x, y] = [endA, endB];
  for (let edits = trace.length - 1; edits > 0; edits--) {
    const reached = trace[edits] ?? new Map<number, number>();
    const down = goesDown(reached, x - y, edits);
    const before = x - y + (down ? 1 : -1);
    const x0 = far(reached, before);
    const y0 = x0 - before;
    const next = changes[0];
    const step = { a0: x0, a1: x0 + (down ? 0 : 1), b0: y0, b1: y0 + (down ? 1 : 0) };
    if (next?.a0 === step.a1 && next.b0 === step.b1) changes[0] = { ...next, a0: step.a0, b0: step.b0 };
    else changes.unshift(step);
    [x, y] = [x0, y0];
  }
  return changes;
}

/** Changes whose context would overlap stand in one hunk. */
function hunksOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const hunks: Change[][] = [];
  for (const each of changes) {
    const last = hunks.at(-1)?.at(-1);
    if (last && each.a0 - last.a1 <= 2 * CONTEXT) hunks.at(-1)?.push(each);
    else hunks.push([each]);
  }
  return hunks;
}

function hunkText(hunk: readonly Change[], a: readonly string[], b: readonly string[]): string {
  const [first, last] = [hunk[0], hunk.at(-1)];
  if (!first || !last) return '';
  const lead = Math.min(CONTEXT, first.a0);
  const trail = Math.min(CONTEXT, a.length - last.a1);
  const lines: string[] = [];
  const put = (sign: string, from: readonly string[], start: number, end: number): void => {
    for (const line of from.slice(start, end)) lines.push(sign + withEnd(line));
  };
  let at = first.a0 - lead;
  for (const { a0, a1, b0, b1 } of hunk) {
    put(' ', a, at, a0);
    put('-', a, a0, a1);
    put('+', b, b0, b1);
    at = a1;
  }
  put(' ', a, at, at + trail);
  const old = range(first.a0 - lead, last.a1 + trail);
  return `@@ -${old} +${range(first.b0 - lead, last.b1 + trail)} @@\n${lines.join('')}`;
}

function withEnd(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`;
}

/** An empty range names the line before it. */
function range(start: number, end: number): string {
  return `${end > start ? start + 1 : start},${end - start}`;
}
