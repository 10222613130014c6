/** Whether two summaries of one function look the same from outside, so that what was built on one holds for the other. */
import type { FunctionAnalysis } from './summary';

/** Larger results are taken to differ: comparing must stay cheaper than evaluating again. */
const MOST_STEPS = 4000;

export function sameInterface(a: FunctionAnalysis, b: FunctionAnalysis): boolean {
  const comparison = new Comparison();
  return (
    comparison.same(a.returned, b.returned) &&
    comparison.same(a.requirements, b.requirements) &&
    comparison.same(a.ranks, b.ranks) &&
    comparison.same(a.attributes, b.attributes) &&
    comparison.same(a.reads, b.reads)
  );
}

class Comparison {
  private steps = 0;

  same(a: unknown, b: unknown): boolean {
    if (Object.is(a, b)) return true;
    if (++this.steps > MOST_STEPS) return false;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (a instanceof Map && b instanceof Map) return this.sameMaps(a, b);
    if (a instanceof Set && b instanceof Set) return a.size === b.size && [...a].every((each) => b.has(each));
    if (Array.isArray(a) && Array.isArray(b)) {
      return a.length === b.length && a.every((each, at) => this.same(each, b[at]));
    }
    // Closures see the variables around them; whether these are the same is not worth asking.
    if (Object.getPrototypeOf(a) !== Object.prototype || Object.getPrototypeOf(b) !== Object.prototype) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    return keys.every((key) => {
      // Where a requirement was learned moves with every keystroke above it and decides nothing.
      if (key === 'learned') return true;
      return key in b && this.same(a[key as keyof typeof a], b[key as keyof typeof b]);
    });
  }

  private sameMaps(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
    if (a.size !== b.size) return false;
    for (const [key, value] of a) if (!b.has(key) || !this.same(value, b.get(key))) return false;
    return true;
  }
}
