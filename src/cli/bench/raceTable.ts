/** The rows of a race as cells of text, for the terminal. The words are the panel's. */
import {
  MODE_WORDS,
  baselineOf,
  formatError,
  formatPercent,
  formatSeconds,
  formatSpeedup,
  remarks,
  sentence,
  significant,
} from '../../protocol';
import type { Comparison, Mode, RaceState, VariantResult } from '../../protocol';

export interface RaceTable {
  readonly mode: Mode;
  /** The verdict in words. */
  readonly verdict: string;
  readonly header: readonly string[];
  readonly rows: readonly RaceTableRow[];
  /** What the cells have no room for. */
  readonly remarks: readonly string[];
}

export interface RaceTableRow {
  readonly label: string;
  readonly word: string;
  /** One for each column behind the label and the word, or why there are none. */
  readonly content: { readonly cells: readonly string[] } | { readonly reason: string };
}

const NONE = '–';

/** One table a mode, in the order of the rows. */
export function raceTables(race: RaceState): readonly RaceTable[] {
  const modes = [...new Set(race.rows.map((row) => row.mode))];
  return modes.map((mode) => raceTable(race, mode));
}

function raceTable(race: RaceState, mode: Mode): RaceTable {
  const rows = race.rows.filter((row) => row.mode === mode);
  // The comparisons of a race that was broken off do not hold.
  const comparisons = race.status === 'done' ? race.comparisons.filter((each) => each.mode === mode) : [];
  const baseline = baselineOf(rows, mode);
  const fastest = Math.max(0, ...rows.map((row) => row.flops_per_s ?? 0));
  const [rateUnit, rateScale] = fastest >= 1e13 ? ['TFLOP/s', 1e12] : ['GFLOP/s', 1e9];
  const none = `${MODE_WORDS[mode]}: no verdict; ${race.status === 'done' ? 'nothing could be compared' : 'the race was broken off'}.`;
  return {
    mode,
    verdict: sentence({ variants: rows, comparisons }, mode) ?? none,
    header: [
      ...[MODE_WORDS[mode], 'Verdict', 'Median', '95 % interval', 'Speed-up', '95 % interval'],
      ...[rateUnit, 'Of peak', 'Error', 'Compile', 'Break-even'],
    ],
    rows: rows.map((row) => {
      const against = comparisons.find((each) => each.a === baseline?.name && each.b === row.name) ?? null;
      return tableRow(row, row === baseline, against, rateScale);
    }),
    remarks: remarks(rows, comparisons, mode, ([low, high]) => span(1 / high, 1 / low, formatSpeedup)),
  };
}

function tableRow(
  row: VariantResult,
  isBaseline: boolean,
  against: Comparison | null,
  rateScale: number,
): RaceTableRow {
  const { label, status } = row;
  if (status === 'failed' || status === 'skipped') {
    return { label, word: status, content: { reason: row.reason ?? row.failure?.message ?? '' } };
  }
  if (status === 'waiting' || status === 'preparing') return { label, word: 'not run', content: { reason: '' } };
  const word = isBaseline ? 'baseline' : (against?.verdict ?? 'no verdict');
  const { median_s, ci_s, flops_per_s, peak_fraction, error, compile_s } = row;
  const ratio = against?.ratio;
  const cells = [
    shown(median_s, formatSeconds),
    shown(ci_s, ([low, high]) => span(low, high, formatSeconds)),
    isBaseline ? '1×' : shown(ratio, (value) => formatSpeedup(1 / value)),
    shown(against?.ci, ([low, high]) => span(1 / high, 1 / low, formatSpeedup)),
    shown(flops_per_s, (value) => significant(value / rateScale)),
    shown(peak_fraction, formatPercent),
    shown(error, formatError),
    shown(compile_s, formatSeconds),
    breakEven(row, against),
  ];
  return { label, word, content: { cells } };
}

function shown<T>(value: T | null | undefined, format: (value: T) => string): string {
  return value === null || value === undefined ? NONE : format(value);
}

/** `12.3 to 12.5 µs`: the unit once where both ends have it. */
function span(low: number, high: number, format: (value: number) => string): string {
  const [from, to] = [format(low), format(high)];
  const unit = / \S+$/.exec(to)?.[0] ?? '';
  return unit !== '' && from.endsWith(unit) ? `${from.slice(0, -unit.length)} to ${to}` : `${from} to ${to}`;
}

/** Null in a report is *never* and unknown; a slower variant never wins its compile time back. */
function breakEven(row: VariantResult, against: Comparison | null): string {
  if (row.break_even_calls !== null) return `${Math.ceil(row.break_even_calls).toLocaleString('en-US')} calls`;
  return row.compile_s !== null && against?.verdict === 'slower' ? 'never' : NONE;
}
