/** What one call of a function costs, with the functions of its file that it calls. */
import { summarize } from './analyzeFunction';
import { add, constant, multiply, numberOf, substitute } from './dims';
import type { Dim } from './dims';
import type { Loop } from './operations';
import { isCall } from './operations';
import type { Session } from './session';
import type { FunctionAnalysis } from './summary';

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

export function totalsOf(session: Session, analysis: FunctionAnalysis, depth = 0): Totals {
  let products = 0;
  let flops: Dim | null = constant(0);
  let bytes: Dim | null = constant(0);
  for (const each of analysis.operations) {
    // Of a nested function it is not known how often it is called.
    if (!isCall(each) || each.framework !== 'torch') continue;
    products++;
    flops = sum(flops, repeated(each.work.flops, each.loops));
    bytes = sum(bytes, repeated(each.work.bytes, each.loops));
  }
  for (const call of analysis.calls) {
    const called = depth < MAX_DEPTH ? summarize(session, call.key) : null;
    const inner = called ? totalsOf(session, called, depth + 1) : NOTHING;
    if (inner.products === 0) continue;
    products += inner.products;
    flops = sum(flops, repeated(inner.flops ? call.translate(inner.flops) : null, call.loops));
    bytes = sum(bytes, repeated(inner.bytes ? call.translate(inner.bytes) : null, call.loops));
  }
  return { products, flops, bytes };
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
