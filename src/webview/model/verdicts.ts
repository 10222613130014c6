/** The verdict of each mode as one line, from the moment the race has rows. */
import { MODE_WORDS, headline, sentence } from '../../protocol';
import type { Comparison, Headline, Mode, RaceState, VariantResult } from '../../protocol';

export interface VerdictLine {
  readonly mode: Mode;
  /** `pending`: still racing; `none`: over without a verdict. */
  readonly kind: Headline['kind'] | 'pending' | 'none';
  readonly text: string;
}

/** The modes of a race, in the order of its rows. */
export function modesOf(rows: readonly VariantResult[]): readonly Mode[] {
  return [...new Set(rows.map((row) => row.mode))];
}

/**
 * One line a mode. A mode whose rows are all final has its verdict even while the other mode is still raced;
 * before that, comparisons may still turn, so that no sentence is made of them.
 */
export function verdictLines(race: RaceState): readonly VerdictLine[] {
  const outcome = { variants: race.rows, comparisons: standingComparisons(race) };
  return modesOf(race.rows).map((mode) => {
    const open = race.status === 'running' && !isSettled(race.rows, mode);
    const result = open ? null : headline(outcome, mode);
    const text = open ? null : sentence(outcome, mode);
    if (result && text) return { mode, kind: result.kind, text };
    return race.status === 'running'
      ? { mode, kind: 'pending', text: `${MODE_WORDS[mode]}: no verdict yet.` }
      : { mode, kind: 'none', text: `${MODE_WORDS[mode]}: no verdict; ${whyNone(race)}.` };
  });
}

/** The comparisons that hold: those of a race that was broken off do not, although the runner had sent them. */
export function standingComparisons(race: RaceState): readonly Comparison[] {
  return race.status === 'running' || race.status === 'done' ? race.comparisons : [];
}

function isSettled(rows: readonly VariantResult[], mode: Mode): boolean {
  return rows.every((row) => row.mode !== mode || ['ok', 'failed', 'skipped'].includes(row.status));
}

function whyNone(race: RaceState): string {
  switch (race.status) {
    case 'cancelled':
      return 'the race was stopped before its end';
    case 'failed':
      return 'the race failed';
    case 'running':
    case 'done':
      return 'nothing could be compared';
  }
}
