/** Which fixes can be applied together, without anybody looking at each. */
import type { Span } from '../lower/ir';
import { collide } from './edits';
import type { Finding, Fix } from './finding';

/** The least that a fix may promise. */
export type LeastPromise = 'safe' | 'unsafe';

export interface Chosen {
  readonly finding: Finding;
  readonly fix: Fix;
}

/** A finding's first safe fix; where there is none, and that is allowed, its first unsafe one. */
export function fixOf({ fixes }: Finding, least: LeastPromise): Fix | null {
  const first = (applicability: LeastPromise): Fix | undefined =>
    fixes.find((each) => each.applicability === applicability && each.edits.length > 0);
  return first('safe') ?? (least === 'unsafe' ? first('unsafe') : undefined) ?? null;
}

/**
 * The fixes that hold beside each other, the earlier ones first; the others may hold once these are applied. One that
 * changes nothing but the place it speaks of leaves everything else true. One that reaches further, and takes an
 * assignment away perhaps, is alone in its function, and in all that lies between the places that it changes: what
 * another fix there was made of may be what it takes away.
 */
export function fixesTogether(findings: readonly Finding[], least: LeastPromise): readonly Chosen[] {
  const chosen: Chosen[] = [];
  for (const finding of findings) {
    const fix = fixOf(finding, least);
    if (fix && !chosen.some((each) => interfere(each, { finding, fix }))) chosen.push({ finding, fix });
  }
  return chosen;
}

function interfere(a: Chosen, b: Chosen): boolean {
  if (a.fix.edits.some((one) => b.fix.edits.some((other) => collide(one, other)))) return true;
  if (isLocal(a) && isLocal(b)) return false;
  const [one, other] = [reach(a), reach(b)];
  return a.finding.owner === b.finding.owner || (one.start <= other.end && other.start <= one.end);
}

function isLocal({ finding, fix }: Chosen): boolean {
  return fix.edits.every((each) => each.start >= finding.start && each.end <= finding.end);
}

function reach({ finding, fix }: Chosen): Span {
  return {
    start: Math.min(finding.start, ...fix.edits.map((each) => each.start)),
    end: Math.max(finding.end, ...fix.edits.map((each) => each.end)),
  };
}
