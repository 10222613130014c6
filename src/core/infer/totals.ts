/** What one call of a function costs, with the functions of its file that it calls. */
import { summarize } from './analyzeFunction';
import { add, constant, multiply, numberOf, sameDim, substitute } from './dims';
import type { Dim } from './dims';
import type { Arm, Decision, Loop, OperationWork } from './operations';
import { isOwnProduct } from './operations';
import type { Session } from './session';
import type { CallSite, FunctionAnalysis } from './summary';

export interface Totals {
  /** Places of the code that multiply when it runs. */
  readonly products: number;
  /** Floating-point operations of one call; null where a size or a number of trips is not known. */
  readonly flops: Dim | null;
  /** Bytes that must move at least once; null likewise. */
  readonly bytes: Dim | null;
}

const NOTHING: Totals = { products: 0, flops: constant(0), bytes: constant(0) };

/** Calls are followed this deep; what lies deeper counts as unknown. */
const MAX_DEPTH = 20;

/** Functions that call each other would be added up once for each way that leads to them. */
export function totalsOf(session: Session, analysis: FunctionAnalysis, depth = 0): Totals {
  return session.derive(analysis, `totals at ${depth}`, () => addUp(session, analysis, depth));
}

function addUp(session: Session, analysis: FunctionAnalysis, depth: number): Totals {
  const costs: Cost[] = [];
  const places = new Set<string>();
  for (const each of analysis.operations) {
    if (!isOwnProduct(each)) continue;
    places.add(`${each.start}:${each.end}`);
    costs.push({ ...each.work, loops: each.loops, arms: each.arms });
  }
  let products = places.size;
  for (const call of analysis.calls) {
    const inner = callTotals(session, call, depth);
    if (inner.products === 0) continue;
    products += inner.products;
    costs.push({ flops: inner.flops, bytes: inner.bytes, loops: call.loops, arms: call.arms });
  }
  return {
    products,
    flops: along(costs.map((each) => ({ cost: repeated(each.flops, each.loops), arms: each.arms }))),
    bytes: along(costs.map((each) => ({ cost: repeated(each.bytes, each.loops), arms: each.arms }))),
  };
}

/** What one call of another function costs, in the sizes of the calling one. */
function callTotals(session: Session, call: CallSite, depth: number): Totals {
  const called = depth < MAX_DEPTH ? summarize(session, call.key) : null;
  if (!called) return NOTHING;
  const { products, flops, bytes } = totalsOf(session, called, depth + 1);
  return { products, flops: flops ? call.translate(flops) : null, bytes: bytes ? call.translate(bytes) : null };
}

interface Cost extends OperationWork {
  readonly loops: readonly Loop[];
  readonly arms: readonly Arm[];
}

/** A part of a sum, with the ways on which alone it is a part. */
interface Part {
  readonly cost: Dim | null;
  readonly arms: readonly Arm[];
}

/** The sum of what runs: of a decision each way must cost the same, or it depends on the values. */
function along(parts: readonly Part[], depth = 0): Dim | null {
  let total: Dim | null = constant(0);
  const decisions = new Map<Decision, Part[]>();
  for (const part of parts) {
    const decision = part.arms[depth]?.decision;
    if (decision) inGroup(decisions, decision).push(part);
    else total = sum(total, part.cost);
  }
  for (const [decision, inside] of decisions) total = sum(total, either(decision, inside, depth));
  return total;
}

function either(decision: Decision, parts: readonly Part[], depth: number): Dim | null {
  const byWay = new Map<number, Part[]>();
  for (const part of parts) inGroup(byWay, part.arms[depth]?.way ?? -1).push(part);
  const costs = decision.unclear
    ? [constant(0), along(parts, depth + 1)]
    : decision.ways.map((way) => along(byWay.get(way) ?? [], depth + 1));
  const [first = constant(0), ...rest] = costs;
  return first && rest.every((each) => each && sameDim(first, each)) ? first : null;
}

function inGroup<K>(groups: Map<K, Part[]>, key: K): Part[] {
  const group = groups.get(key) ?? [];
  groups.set(key, group);
  return group;
}

function sum(a: Dim | null, b: Dim | null): Dim | null {
  return a && b ? add(a, b) : null;
}

function repeated(once: Dim | null, loops: readonly Loop[]): Dim | null {
  return loops.reduce<Dim | null>((known, each) => (known && each.trips ? multiply(known, each.trips) : null), once);
}

/** A size as a number, with the defaults of the source put in; null where a symbol is left. */
export function certainNumber(dim: Dim | null): number | null {
  if (!dim) return null;
  return numberOf(substitute(dim, (each) => (each.default === undefined ? null : constant(each.default))));
}
