/** Bounds on values: `x = (x, x)` doubles what a value holds, and walking it would take as often twice as long. */
import { UNKNOWN } from './values';
import type { Value } from './values';

/** A value that holds more values than this, in those within it too, is not followed. */
const MOST_PARTS = 2_000;

/** The value, or nothing known where it holds too much. */
export function bounded(value: Value): Value {
  const parts = partsOf(value);
  return parts === null || parts.reduce(left, MOST_PARTS) > 0 ? value : UNKNOWN;
}

/** How many parts may still follow. */
function left(most: number, value: Value): number {
  const parts = most > 0 ? partsOf(value) : null;
  return parts === null ? most - 1 : parts.reduce(left, most - 1);
}

/** What a value holds; null where it holds nothing. */
function partsOf(value: Value): readonly Value[] | null {
  switch (value.kind) {
    case 'tuple':
    case 'list':
    case 'container':
      return value.items ? [...value.items, value.element] : [value.element];
    case 'dict':
      return value.entries ? [...value.entries.values(), value.element] : [value.element];
    case 'union':
      return value.options;
    case 'instance':
      return value.given.size > 0 ? [...value.given.values()] : null;
    case 'module':
      return value.args.size > 0 ? [...value.args.values()] : null;
    case 'method':
      return [value.self];
    case 'function':
      return value.self ? [value.self] : null;
    default:
      return null;
  }
}
