/** Gathers what a part of the evaluation reports, so that it can be judged before it is passed on. */
import { add, constant, sameDim } from '../dims';
import type { Dim } from '../dims';
import type { Operation, OperationWork } from '../operations';
import type { CallSite } from '../summary';

export interface Gathered {
  readonly operations: readonly Operation[];
  readonly calls: readonly CallSite[];
}

export const UNKNOWN_WORK: OperationWork = { flops: null, bytes: null };

/**
 * The operations of a place whose code runs one of several values, one of each kind. The place costs something
 * certain only where each of them does the same work there.
 */
export function agreed(options: readonly Gathered[]): readonly Operation[] {
  const places = new Map<string, Operation[]>();
  for (const { operations } of options) {
    for (const each of operations) {
      const place = `${each.start}:${each.end}:${each.kind}`;
      places.set(place, [...(places.get(place) ?? []), each]);
    }
  }
  return [...places.values()].flatMap((found) => {
    const [first, ...rest] = found;
    if (!first) return [];
    const same = found.length === options.length && rest.every((each) => sameWork(first.work, each.work));
    return [same ? first : { ...first, work: UNKNOWN_WORK }];
  });
}

function sameWork(a: OperationWork, b: OperationWork): boolean {
  return same(a.flops, b.flops) && same(a.bytes, b.bytes);
}

function same(a: Dim | null, b: Dim | null): boolean {
  return a !== null && b !== null && sameDim(a, b);
}

/** What several operations cost that run one after the other. */
export function summed(parts: readonly OperationWork[]): OperationWork {
  const total = (of: (work: OperationWork) => Dim | null): Dim | null =>
    parts.reduce<Dim | null>((known, each) => {
      const part = of(each);
      return known && part ? add(known, part) : null;
    }, constant(0));
  return { flops: total((each) => each.flops), bytes: total((each) => each.bytes) };
}
