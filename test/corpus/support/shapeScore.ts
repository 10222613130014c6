/** What is claimed of shapes, against the shapes that were recorded. */
import type { OperandRecord } from '../../../src/core';
import { rangeKey } from './recorded';
import type { RecordedFile, Site } from './recorded';
import type { Finding, Share } from './score';

export interface ShapeScore {
  /** Linear calls and constructors whose in_features is a number, or a symbol that stands in the source. */
  readonly inFeatures: Share;
  /** Products the rank of whose every operand is known. */
  readonly ranked: Share;
  /** Products of which at least one dimension is tied to a name of the source or a number. */
  readonly tied: Share;
  readonly contradictions: readonly string[];
}

type Sizes = NonNullable<OperandRecord['shape']>;
/** All sizes; the last ones, where the rank is not claimed; or nothing. */
export type Claimed = Sizes | { readonly tail: Sizes } | null;

/** @param words every identifier in the sources of a package */
export function scoreShapes(
  recorded: ReadonlyMap<string, RecordedFile>,
  findings: readonly Finding[],
  words: (packageName: string) => ReadonlySet<string>,
): ShapeScore {
  const byPlace = new Map(findings.map((each) => [placeKey(each), each]));
  const sites = [...recorded.values()].flatMap((each) => each.sites);
  const layers = sites.filter(isLinear);
  const products = sites.filter((each) => each.kind === 'op');
  const claimsOf = (site: Site): readonly Claimed[] =>
    byPlace.get(placeKey(site))?.operands.map(({ shape, tail }) => shape ?? (tail ? { tail } : null)) ?? [];
  const isTied = (size: number | string | null | undefined, site: Site): boolean =>
    typeof size === 'number' || (typeof size === 'string' && standsIn(size, words(site.package)));
  const share = (of: readonly Site[], passes: (claims: readonly Claimed[], site: Site) => boolean): Share => ({
    part: of.filter((each) => passes(claimsOf(each), each)).length,
    whole: of.length,
  });
  return {
    inFeatures: share(layers, (claims, site) => isTied(sizesOf(weightOf(claims, site)).at(-1), site)),
    ranked: share(products, (claims) => claims.length > 0 && claims.every(Array.isArray)),
    tied: share(products, (claims, site) => claims.some((each) => sizesOf(each).some((size) => isTied(size, site)))),
    contradictions: [...layers, ...products].flatMap((site) => {
      const wrong = contradiction(claimsOf(site), site);
      return wrong === null ? [] : [`${site.file}:${site.line} ${site.kind}: ${wrong}`];
    }),
  };
}

function isLinear({ kind }: Site): boolean {
  return kind === 'linear_call' || kind === 'linear_ctor';
}

function placeKey(each: Finding | Site): string {
  return `${each.file} ${rangeKey(each)} ${each.kind}`;
}

function sizesOf(claimed: Claimed | undefined): Sizes {
  return claimed ? ('tail' in claimed ? claimed.tail : claimed) : [];
}

/** The claimed weight, of shape (out, in). */
function weightOf(claims: readonly Claimed[], site: Site): Claimed | undefined {
  return claims[site.kind === 'linear_ctor' ? 0 : 1];
}

/** What contradicts the record: a rank, a number, or one symbol for two sizes; null where nothing does. */
export function contradiction(claims: readonly Claimed[], site: Pick<Site, 'kind' | 'shapes'>): string | null {
  if (failed(site)) return null;
  const sizes = new Map<string, number>();
  for (const [at, claimed] of claims.entries()) {
    const whole = recordedShape(site, at);
    if (!claimed || !whole) continue;
    const sizesClaimed = sizesOf(claimed);
    const text = `[${sizesClaimed.map((size) => size ?? '?').join(', ')}] was [${whole.join(', ')}]`;
    if ('tail' in claimed ? sizesClaimed.length > whole.length : sizesClaimed.length !== whole.length) return text;
    const actual = whole.slice(whole.length - sizesClaimed.length);
    for (const [index, size] of sizesClaimed.entries()) {
      const real = actual[index] ?? 0;
      if (typeof size === 'number' && size !== real) return text;
      if (typeof size !== 'string') continue;
      if ((sizes.get(size) ?? real) !== real) return `${text}, where ${size} was ${sizes.get(size) ?? ''}`;
      sizes.set(size, real);
    }
  }
  return null;
}

/** A call that raised was recorded, too: of a layer that is fed another width no claim can hold. */
function failed({ kind, shapes: [input, weight] }: Pick<Site, 'kind' | 'shapes'>): boolean {
  return kind === 'linear_call' && input !== undefined && weight !== undefined && input.at(-1) !== weight.at(-1);
}

function recordedShape({ kind, shapes }: Pick<Site, 'kind' | 'shapes'>, at: number): readonly number[] | undefined {
  if (kind !== 'linear_ctor') return shapes[at];
  const [sizes] = shapes;
  // A constructor's `[in, out]` makes a weight of (out, in); a lone size is of a layer whose input decides the other.
  return at === 0 && sizes?.length === 2 ? sizes.toReversed() : undefined;
}

/** Whether every name in a symbol is one of the source; primes tell sizes of one name apart. */
function standsIn(symbol: string, words: ReadonlySet<string>): boolean {
  return (symbol.match(/[A-Za-z_]\w*/g) ?? []).every((each) => words.has(each));
}
