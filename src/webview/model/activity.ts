/** What a running race is doing, and how an ended one ended, in words. */
import { formatAge, formatSeconds } from '../../protocol';
import type { Mode, RaceState } from '../../protocol';

const FRAMEWORK_NAMES = { torch: 'PyTorch', jax: 'JAX' } as const;
const LOWER_MODE: Readonly<Record<Mode, string>> = { forward: 'forward', training: 'training step' };

/** The present phase without counters, such as `Measuring forward`: short enough to be read aloud. */
export function phaseText(race: RaceState): string {
  const { phase } = race;
  if (!phase) return importingText(race);
  const mode = phase.mode ? LOWER_MODE[phase.mode] : '';
  switch (phase.name) {
    case 'workers':
      return importingText(race);
    case 'load':
      return 'Loading the function and making its inputs';
    case 'reference':
      return 'Computing the float64 reference';
    case 'prepare': {
      const label = race.rows.find((row) => row.name === phase.variant)?.label ?? 'the variants';
      return `Preparing ${label}${mode && `, ${mode}`}: first call, then the check against float64`;
    }
    case 'measure':
      return mode ? `Measuring ${mode}` : 'Measuring';
  }
}

function importingText(race: RaceState): string {
  const starting = (['torch', 'jax'] as const)
    .filter((framework) => race.workers[framework]?.status === 'starting')
    .map((framework) => FRAMEWORK_NAMES[framework]);
  return starting.length > 0 ? `Importing ${starting.join(' and ')}` : 'Starting';
}

/** The line under the title: what happens now, or what the result holds for. `now` and `startedAt` are in ms. */
export function statusText(race: RaceState, startedAt: number | null, now: number): string {
  if (race.status === 'running') {
    const { round, rounds } = race.phase ?? { round: null, rounds: null };
    const progress = round !== null && rounds !== null ? `, round ${round} of at most ${rounds}` : '';
    const elapsed = startedAt === null ? '' : ` · ${Math.max(0, Math.floor((now - startedAt) / 1000))} s`;
    return `${phaseText(race)}${progress}${elapsed}`;
  }
  const words = { done: 'Raced', cancelled: stoppedText(race), failed: 'Failed' }[race.status];
  const { report } = race;
  const began = report ? Date.parse(report.started_at) : (startedAt ?? NaN);
  const parts = [
    report ? `${words} on ${report.fingerprint.device}` : words,
    report ? threadsText(report.fingerprint.threads) : null,
    report ? formatSeconds(report.duration_s) : null,
    Number.isNaN(began) ? null : formatAge(began, now),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** A race also stops short when a worker breaks off; only the reader cancels. */
function stoppedText(race: RaceState): string {
  return race.failure?.kind === 'cancelled' ? 'Cancelled' : 'Stopped before the end';
}

export function threadsText(threads: number): string {
  return threads === 1 ? '1 thread' : `${threads} threads`;
}

/** How far the measuring is, from 0 to 1; null while that cannot be told. */
export function progressShare(race: RaceState): number | null {
  const { round, rounds } = race.phase ?? { round: null, rounds: null };
  return round === null || rounds === null || rounds <= 0 ? null : Math.min(1, round / rounds);
}
