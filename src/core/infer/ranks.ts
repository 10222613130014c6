/**
 * Numbers of dimensions that are not known yet, in terms of those of parameters: `x.shape[:-1]` with two more sizes
 * behind has one dimension more than `x`, and a `permute` of four that comes later shows how many that is.
 */
import type { Arm, Loop } from './operations';

export interface Rank {
  /** Null: the rank is a number. */
  readonly base: RankBase | null;
  readonly plus: number;
}

type RankBase =
  /** The rank of a parameter. */
  | { readonly kind: 'parameter'; readonly id: string }
  /** The larger of two. */
  | { readonly kind: 'larger'; readonly id: string; readonly of: readonly [Rank, Rank] }
  /** That of the value which is there where optional arguments are left out. */
  | {
      readonly kind: 'mostly';
      readonly id: string;
      readonly main: Rank;
      /** That value has so many dimensions for certain. */
      readonly least: number;
      /** That of the value which is there where they are given, as far as it is known. */
      readonly changed: Rank | undefined;
    };

export function constantRank(plus: number): Rank {
  return { base: null, plus };
}

/** @param id of the parameter, with what makes it unique */
export function parameterRank(id: string): Rank {
  return { base: { kind: 'parameter', id }, plus: 0 };
}

export function rankPlus(rank: Rank, more: number): Rank {
  return more === 0 ? rank : { base: rank.base, plus: rank.plus + more };
}

function rankKey({ base, plus }: Rank): string {
  return `${base?.id ?? ''}+${plus}`;
}

/**
 * The rank of a product of which one operand, changed where an optional argument is given, may be a vector then.
 * @param known how many dimensions each operand has for certain
 */
export function productRank(a: Rank, b: Rank, known: readonly [number, number]): Rank | undefined {
  const least = [a, b].map(({ base, plus }, at) => {
    const own = known[at] ?? 0;
    return base?.kind === 'mostly' ? Math.max(own, base.least + plus) : own;
  });
  if (least.some((each) => each < 2)) return undefined;
  const main = largerRank(mainOf(a), mainOf(b));
  return mostlyRank(main, Math.max(...least), undefined, `${rankKey(a)} @ ${rankKey(b)}`);
}

export function sameRank(a: Rank | undefined, b: Rank | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && rankKey(a) === rankKey(b);
}

/** The rank of what two values are broadcast to. */
export function largerRank(a: Rank, b: Rank): Rank {
  // A number or a vector of weights is no wider than what it is applied to.
  if (!a.base && a.plus <= 1 && b.base) return b;
  if (!b.base && b.plus <= 1 && a.base) return a;
  if (isAtLeast(a, b)) return a;
  if (isAtLeast(b, a)) return b;
  const [first, second] = rankKey(a) < rankKey(b) ? [a, b] : [b, a];
  return { base: { kind: 'larger', id: `max(${rankKey(first)}, ${rankKey(second)})`, of: [first, second] }, plus: 0 };
}

/** Whether one rank is never smaller than another, whatever they are. */
function isAtLeast(a: Rank, b: Rank): boolean {
  if (a.base?.id === b.base?.id) return a.plus >= b.plus;
  if (a.base?.kind === 'larger') return a.base.of.some((each) => isAtLeast(rankPlus(each, a.plus), b));
  return false;
}

/** Whether one rank is another, or that of a value that others are broadcast into. */
function isWidened(rank: Rank, main: Rank): boolean {
  if (sameRank(rank, main)) return true;
  const { base, plus } = rank;
  return base?.kind === 'larger' && base.of.some((each) => isWidened(rankPlus(each, plus), main));
}

/**
 * The rank of a variable that was changed where an optional argument is given, and is what it was where it is not.
 * @param least it had so many dimensions for certain
 * @param changed its rank where the argument is given; undefined where that is not known
 * @param id of the place
 */
export function mostlyRank(main: Rank, least: number, changed: Rank | undefined, id: string): Rank | undefined {
  // What is given is broadcast into it, as a mask or a bias is: it is as wide as it was.
  if (changed && isWidened(changed, main)) return main;
  // It is made another one there.
  if (changed && (!changed.base || isAtLeast(changed, main) || isAtLeast(main, changed))) return undefined;
  return { base: { kind: 'mostly', id, main, least, changed }, plus: 0 };
}

/** What a rank is where optional arguments are left out. */
function mainOf(rank: Rank): Rank {
  const { base, plus } = rank;
  if (base?.kind === 'mostly') return rankPlus(mainOf(base.main), plus);
  if (base?.kind === 'larger') return rankPlus(largerRank(mainOf(base.of[0]), mainOf(base.of[1])), plus);
  return rank;
}

/** Whether a rank is known in terms of another one. */
export function dependsOn({ base }: Rank, id: string): boolean {
  if (!base || base.id === id) return base !== null;
  if (base.kind === 'larger') return base.of.some((each) => dependsOn(each, id));
  return (
    base.kind === 'mostly' && (dependsOn(base.main, id) || (base.changed !== undefined && dependsOn(base.changed, id)))
  );
}

/** A rank that code shows to be a number, at a place of it. */
export interface RankFact {
  readonly rank: Rank;
  readonly is: number;
  readonly arms: readonly Arm[];
  readonly loops: readonly Loop[];
}

/** Whether a fact's place is passed in every call that passes another one, unless that call fails. */
export function governs(fact: RankFact, place: Pick<RankFact, 'arms' | 'loops'>): boolean {
  return (
    fact.arms.every((each, at) => place.arms[at] === each) && fact.loops.every((each, at) => place.loops[at] === each)
  );
}

/** Ranks as numbers, by the ids of what they are ranks of. */
export type KnownRanks = ReadonlyMap<string, number>;

/**
 * What follows from facts. How many dimensions an argument has does not depend on whether an optional one is given
 * beside it: what holds where that is left out holds for both. Facts that contradict each other say nothing.
 * @param all those of the whole function, which may contradict
 */
export function solveRanks(facts: readonly RankFact[], all: readonly RankFact[]): KnownRanks {
  const known = new Map<string, number>();
  const contradicted = new Set<string>();
  const learn = ({ base, plus }: Rank, is: number): void => {
    if (!base) return;
    const value = is - plus;
    if (base.kind === 'larger') {
      // Of two, of which one is known to be smaller, the other is the larger.
      const other = base.of.find((each) => each.base === null && each.plus < value);
      for (const each of other ? base.of : []) if (each !== other) learn(each, value);
    }
    // What holds for a variable holds for either value that it may have.
    if (base.kind === 'mostly' && base.changed?.base?.kind === 'parameter') learn(base.changed, value);
    if (value < 0 || (known.has(base.id) && known.get(base.id) !== value)) contradicted.add(base.id);
    known.set(base.id, value);
  };
  for (const { rank, is } of facts) {
    learn(rank, is);
    const main = mainOf(rank);
    if (main !== rank) learn(main, is);
  }
  for (const { rank, is } of all) {
    const value = rank.base && known.get(rank.base.id);
    if (rank.base && value !== undefined && value !== is - rank.plus) contradicted.add(rank.base.id);
  }
  for (const each of contradicted) known.delete(each);
  return known;
}

/** A rank as a number, or null. */
export function rankAs(rank: Rank, known: KnownRanks): number | null {
  const { base, plus } = rank;
  if (!base) return plus;
  const value = known.get(base.id);
  if (value !== undefined) return value + plus;
  if (base.kind === 'mostly') {
    const main = rankAs(base.main, known);
    return main !== null && base.changed && main === rankAs(base.changed, known) ? main + plus : null;
  }
  if (base.kind !== 'larger') return null;
  const [a, b] = base.of.map((each) => rankAs(each, known));
  return a !== null && b !== null && a !== undefined && b !== undefined ? Math.max(a, b) + plus : null;
}

/**
 * A rank in other terms.
 * @param of gives what stands for a parameter's; null where that is left out, undefined where its rank is not known
 * @returns undefined where something of it is not known
 */
export function substituteRank(rank: Rank, of: (id: string) => Rank | null | undefined): Rank | undefined {
  const { base, plus } = rank;
  if (!base) return rank;
  if (base.kind === 'parameter') {
    const found = of(base.id);
    return found ? rankPlus(found, plus) : undefined;
  }
  if (base.kind === 'mostly') {
    const main = substituteRank(base.main, of);
    const { changed } = base;
    const isLeftOut = changed?.base?.kind === 'parameter' && of(changed.base.id) === null;
    if (!main || isLeftOut) return main && rankPlus(main, plus);
    const now = changed && substituteRank(changed, of);
    if (sameRank(main, now)) return rankPlus(main, plus);
    const mostly = mostlyRank(main, base.least, now, `${base.id}(${rankKey(main)})`);
    return mostly && rankPlus(mostly, plus);
  }
  const [a, b] = base.of.map((each) => substituteRank(each, of));
  return a && b && rankPlus(largerRank(a, b), plus);
}
