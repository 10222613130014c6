/** A race in the few words that a lens has room for. */
import * as v from 'valibot';
import { DeviceKind, formatAge, formatSpeedup, headline, rewriteOutcome } from '../../protocol';
import type { Headline, Report } from '../../protocol';
import type { RaceRecord } from './raceRecord';

export const RaceMark = v.object({
  id: v.string(),
  uri: v.string(),
  qualname: v.string(),
  digest: v.string(),
  /** Who won: `JAX jit 2.3×`. */
  outcome: v.string(),
  device: v.string(),
  /** Of PyTorch's device; absent in marks of earlier versions. */
  deviceKind: v.optional(DeviceKind),
  /** What the race said of the function's fixes, null where it tried none or is undecided. */
  rewrite: v.optional(v.nullable(v.picklist(['gains', 'loses']))),
  synthetic: v.boolean(),
  /** Milliseconds since the epoch. */
  endedAt: v.number(),
});
export type RaceMark = v.InferOutput<typeof RaceMark>;

/** Null for a race that was broken off: it has no verdict. */
export function markOf(record: RaceRecord): RaceMark | null {
  const { report, id, uri, qualname, digest, synthetic, startedAt } = record;
  const outcome = report.status === 'complete' ? outcomeText(report) : null;
  if (outcome === null) return null;
  const endedAt = startedAt + report.duration_s * 1000;
  return {
    ...{ id, uri, qualname, digest, outcome, synthetic, endedAt },
    device: deviceText(report),
    deviceKind: report.fingerprint.device_kind,
    rewrite: rewriteOutcome(report),
  };
}

/** Such as `JAX jit 2.3× · CPU · 2 min ago · edited since`. */
export function markText(mark: RaceMark, digestNow: string, now: number): string {
  return [
    mark.outcome,
    mark.device,
    ...(mark.synthetic ? ['synthetic'] : []),
    formatAge(mark.endedAt, now),
    ...(mark.digest === digestNow ? [] : ['edited since']),
  ].join(' · ');
}

/** Forward alone where training says the same. */
function outcomeText(report: Report): string | null {
  const forward = headlineText(headline(report, 'forward'));
  const training = headlineText(headline(report, 'training'));
  if (forward === null || training === null) return forward ?? training;
  return forward === training ? forward : `${forward}, training ${inSentence(training)}`;
}

/** Names keep their capitals. */
function inSentence(text: string): string {
  return /^(No difference|Undecided)$/.test(text) ? text.toLowerCase() : text;
}

function headlineText(result: Headline | null): string | null {
  switch (result?.kind) {
    case undefined:
      return null;
    case 'winner':
      return `${result.label} ${formatSpeedup(result.speedup)}`;
    case 'original':
      return `${result.label} wins`;
    case 'no difference':
      return 'No difference';
    case 'undecided':
      return 'Undecided';
  }
}

function deviceText({ fingerprint }: Report): string {
  return fingerprint.device_kind === 'cpu' ? 'CPU' : fingerprint.device;
}
