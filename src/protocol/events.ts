/** What the coordinator tells its client, one JSON object a line. Unknown fields are ignored. */
import * as v from 'valibot';
import { Failure, Mode } from './vocabulary';
import { Target } from './request';
import { Comparison, Environment, Report, VariantResult } from './report';

export const Phase = v.picklist([
  'workers', // frameworks are being imported
  'load', // the reader's file is being loaded, inputs are made
  'reference', // the float64 reference is computed
  'prepare', // first call, correctness, calibration of one variant
  'measure', // interleaved rounds
]);
export type Phase = v.InferOutput<typeof Phase>;

export const RunnerEvent = v.variant('type', [
  v.object({
    type: v.literal('hello'),
    protocol: v.number(),
    runner: v.string(),
    python: v.string(),
    executable: v.string(),
    pid: v.number(),
  }),
  /** A worker's state changed. `environment` comes with `ready`, and where it is known with the others. */
  v.object({
    type: v.literal('worker'),
    framework: v.picklist(['torch', 'jax']),
    status: v.picklist(['starting', 'ready', 'absent', 'broken', 'exited']),
    pid: v.nullable(v.number()),
    environment: v.nullable(Environment),
    failure: v.nullable(Failure),
  }),
  /** A race began; every row it will fill, in order, each `waiting`. */
  v.object({
    type: v.literal('started'),
    race: v.string(),
    target: Target,
    rows: v.array(VariantResult),
  }),
  v.object({
    type: v.literal('phase'),
    race: v.string(),
    phase: Phase,
    variant: v.nullable(v.string()),
    mode: v.nullable(Mode),
    /** Rounds done and planned, while measuring. */
    round: v.nullable(v.number()),
    rounds: v.nullable(v.number()),
  }),
  /** A row's whole present state; it replaces the row of the same name and mode. */
  v.object({ type: v.literal('row'), race: v.string(), row: VariantResult }),
  v.object({ type: v.literal('note'), race: v.string(), text: v.string() }),
  /** All comparisons known so far; they replace the earlier ones. */
  v.object({ type: v.literal('comparisons'), race: v.string(), comparisons: v.array(Comparison) }),
  /** The race is over. */
  v.object({ type: v.literal('report'), race: v.string(), report: Report }),
  /** The race ended without a report, or (race null) the coordinator cannot go on. */
  v.object({ type: v.literal('failed'), race: v.nullable(v.string()), failure: Failure }),
  v.object({
    type: v.literal('log'),
    level: v.picklist(['info', 'warning', 'error']),
    source: v.string(),
    text: v.string(),
  }),
]);
export type RunnerEvent = v.InferOutput<typeof RunnerEvent>;

/** One line of the runner, parsed and checked; or why it is none. Lines over 4 MB are refused unread. */
export function parseEvent(line: string): { ok: true; event: RunnerEvent } | { ok: false; reason: string } {
  if (line.length > 4_000_000) return { ok: false, reason: `a line of ${line.length} characters` };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { ok: false, reason: 'not JSON' };
  }
  const result = v.safeParse(RunnerEvent, value);
  if (result.success) return { ok: true, event: result.output };
  return { ok: false, reason: v.summarize(result.issues) };
}
