/** What a race is doing, in one line. */
import { MODE_WORDS, formatSeconds } from '../../protocol';
import type { Mode, RaceState } from '../../protocol';

export function progressText(race: RaceState): string {
  const { phase, rows } = race;
  if (!phase) return 'Starting Python';
  const label = rows.find((row) => row.name === phase.variant)?.label ?? phase.variant ?? '';
  const mode = phase.mode === null ? '' : `${MODE_WORDS[phase.mode]}: `;
  switch (phase.name) {
    case 'workers':
      return 'Importing PyTorch and JAX';
    case 'load':
      return 'Loading the code and making inputs';
    case 'reference':
      return 'Computing the float64 reference';
    case 'prepare':
      return `${mode}preparing ${label}${medians(race, phase.mode)}`;
    case 'measure': {
      const rounds = phase.round === null ? '' : `round ${phase.round} of at most ${phase.rounds ?? phase.round}`;
      return `${mode}measuring, ${rounds}${medians(race, phase.mode)}`;
    }
  }
}

/** The medians so far, ` · PyTorch eager 12 µs, JAX jit 8 µs`. */
function medians({ rows }: RaceState, mode: Mode | null): string {
  const known = rows.flatMap((row) =>
    row.mode === mode && row.median_s !== null ? [`${row.label} ${formatSeconds(row.median_s)}`] : [],
  );
  return known.length === 0 ? '' : ` · ${known.join(', ')}`;
}
