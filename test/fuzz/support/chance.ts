/** Draws from fast-check: a failing case is shrunk, and run again by its seed. */
import fc from 'fast-check';

export class Chance {
  /** @param below a whole number from 0 up to but not including its argument */
  constructor(readonly below: (most: number) => number) {}

  pick<T>(options: readonly T[]): T {
    const found = options[this.below(options.length)];
    if (found === undefined) throw new Error('there is nothing to pick from');
    return found;
  }

  /** True once in `times`; not where nothing is left to draw. */
  once(times: number): boolean {
    return this.below(times) === times - 1;
  }

  /** As many as are drawn of what `make` gives. */
  some<T>(most: number, make: (at: number) => T): readonly T[] {
    return Array.from({ length: this.below(most + 1) }, (_, at) => make(at));
  }
}

/** Numbers that a case is made of: fast-check shrinks a failing one to fewer and smaller ones. */
const MOST_DRAWS = 500;

/** What `make` draws by chance; 0 once nothing is left to draw. */
export function drawn<T>(make: (chance: Chance) => T): fc.Arbitrary<T> {
  return fc.uint16Array({ maxLength: MOST_DRAWS, size: 'max' }).map((draws) => {
    let next = 0;
    return make(new Chance((most) => (draws[next++] ?? 0) % Math.max(1, most)));
  });
}
