/**
 * The report of a race: the contract of `bench --format json`. Fields may be added, never renamed. Times are
 * seconds, sizes bytes.
 */
import * as v from 'valibot';
import { DeviceKind, Failure, Framework, Mode, Verdict } from './vocabulary';
import { Target } from './request';

export const REPORT_SCHEMA = 'matmul-lens.report/1';

const Interval = v.tuple([v.number(), v.number()]);

export const Device = v.object({
  id: v.string(),
  kind: DeviceKind,
  name: v.string(),
  memory_bytes: v.nullable(v.number()),
});
export type Device = v.InferOutput<typeof Device>;

/** What one interpreter offers. `version` is null where the framework is absent or broken. */
export const Environment = v.object({
  framework: v.picklist(['torch', 'jax']),
  executable: v.string(),
  python: v.string(),
  version: v.nullable(v.string()),
  numpy: v.nullable(v.string()),
  devices: v.array(Device),
  threads: v.number(),
});
export type Environment = v.InferOutput<typeof Environment>;

/**
 * What a result holds for. Reports are comparable only where fingerprints match. Fields the reader cares
 * about are named; the rest (flags, loads, clocks) is open.
 */
export const Fingerprint = v.looseObject({
  device: v.string(),
  device_kind: DeviceKind,
  driver: v.nullable(v.string()),
  python: v.nullable(v.string()),
  torch: v.nullable(v.string()),
  jax: v.nullable(v.string()),
  threads: v.number(),
  precision: v.string(),
  flags: v.record(v.string(), v.string()),
  load: v.nullable(v.number()),
});
export type Fingerprint = v.InferOutput<typeof Fingerprint>;

export const VariantStatus = v.picklist(['waiting', 'preparing', 'provisional', 'ok', 'failed', 'skipped']);
export type VariantStatus = v.InferOutput<typeof VariantStatus>;

/** One variant in one mode. In a final report the status is `ok`, `failed` or `skipped`. */
export const VariantResult = v.object({
  name: v.string(),
  label: v.string(),
  framework: Framework,
  mode: Mode,
  status: VariantStatus,
  /** Why it failed or was skipped. */
  reason: v.nullable(v.string()),
  failure: v.nullable(Failure),
  /** Median time of one call, with a 95 % bootstrap interval of the median. */
  median_s: v.nullable(v.number()),
  ci_s: v.nullable(Interval),
  /** Time of one call in each measured block. */
  samples: v.array(v.number()),
  /** Time of the first call beyond a steady call: trace, compile and load. */
  compile_s: v.nullable(v.number()),
  /** Calls after which the time to compile is won back against the first variant; null: never, or unknown. */
  break_even_calls: v.nullable(v.number()),
  /** Normwise relative error against the float64 reference: the largest over outputs and gradients. */
  error: v.nullable(v.number()),
  flops: v.nullable(v.number()),
  flops_per_s: v.nullable(v.number()),
  /** Share of the matmul throughput measured on this device at the same precision and thread count. */
  peak_fraction: v.nullable(v.number()),
  peak_memory_bytes: v.nullable(v.number()),
  /** Python source that was run. */
  source: v.string(),
});
export type VariantResult = v.InferOutput<typeof VariantResult>;

/** `ratio` is the time of b divided by the time of a; under 1, b is faster. */
export const Comparison = v.object({
  a: v.string(),
  b: v.string(),
  mode: Mode,
  ratio: v.nullable(v.number()),
  ci: v.nullable(Interval),
  verdict: Verdict,
  reason: v.nullable(v.string()),
});
export type Comparison = v.InferOutput<typeof Comparison>;

export const Report = v.object({
  schema: v.literal(REPORT_SCHEMA),
  /** `partial`: cancelled or broken off; then there are no verdicts. */
  status: v.picklist(['complete', 'partial']),
  started_at: v.string(),
  duration_s: v.number(),
  target: Target,
  fingerprint: Fingerprint,
  variants: v.array(VariantResult),
  comparisons: v.array(Comparison),
  /** Remarks on the conditions of this race: load, threads, precision, cache state. */
  notes: v.array(v.string()),
});
export type Report = v.InferOutput<typeof Report>;
