/** The results table of one mode: which text stands in which cell. */
import {
  baselineOf,
  formatError,
  formatPercent,
  formatSeconds,
  formatSpeedup,
  remarks,
  significant,
} from '../../protocol';
import type { Comparison, Mode, RaceState, VariantResult } from '../../protocol';
import { secondsInterval, speedupInterval } from './intervals';
import { standingComparisons } from './verdicts';

export interface Column {
  readonly key: string;
  readonly title: string;
  /** A second, quieter line of the heading. */
  readonly unit: string;
}

/** A number and, under it, what belongs to it; an en dash stands for no number, nothing for none yet. */
export interface Cell {
  readonly main: string;
  readonly detail: string;
}

export type Tone = 'good' | 'plain' | 'bad' | 'warning' | 'quiet' | 'active';

export interface TableRow {
  readonly name: string;
  readonly label: string;
  readonly status: VariantResult['status'];
  /** The verdict against the baseline, or while there is none the row's state, in words. */
  readonly word: string;
  readonly tone: Tone;
  /** Numbers that further rounds may still move. */
  readonly provisional: boolean;
  readonly hasSource: boolean;
  /** One for each column, or why there are none. */
  readonly content: { readonly cells: readonly Cell[] } | { readonly reason: string };
}

export interface ResultsTable {
  readonly mode: Mode;
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
  /** What the cells have no room for: reasons of verdicts, and comparisons between other pairs of rows. */
  readonly remarks: readonly string[];
}

const COLUMNS: readonly Column[] = [
  { key: 'median', title: 'Median', unit: '95 % interval' },
  { key: 'speedup', title: 'Speed-up', unit: 'over baseline' },
  { key: 'rate', title: 'GFLOP/s', unit: '' },
  { key: 'peak', title: 'Of peak', unit: 'measured' },
  { key: 'error', title: 'Error', unit: 'to float64' },
  { key: 'compile', title: 'Compile', unit: 'first call' },
  { key: 'breakEven', title: 'Break-even', unit: 'calls' },
];

const NONE: Cell = { main: '–', detail: '' };
const NOT_YET: Cell = { main: '', detail: '' };
const cell = (main: string | null, detail = ''): Cell => (main === null ? NONE : { main, detail });

export function resultsTable(race: RaceState, mode: Mode): ResultsTable {
  const rows = race.rows.filter((row) => row.mode === mode);
  const comparisons = standingComparisons(race).filter((each) => each.mode === mode);
  const baseline = baselineOf(rows, mode);
  const rate = rateUnit(rows);
  return {
    mode,
    columns: COLUMNS.map((column) => (column.key === 'rate' ? { ...column, title: rate.unit } : column)),
    rows: rows.map((row) => {
      const against = comparisons.find((each) => each.a === baseline?.name && each.b === row.name) ?? null;
      return tableRow(row, row === baseline, against, race.status === 'running', rate.scale);
    }),
    remarks: remarks(rows, comparisons, mode, speedupInterval),
  };
}

function tableRow(
  row: VariantResult,
  isBaseline: boolean,
  against: Comparison | null,
  running: boolean,
  rateScale: number,
): TableRow {
  const { name, label, status } = row;
  const [word, tone] = stateWord(row, isBaseline, against, running);
  const reason = status === 'failed' || status === 'skipped' ? (row.reason ?? row.failure?.message ?? '') : null;
  return {
    name,
    label,
    status,
    word,
    tone,
    provisional: status === 'provisional',
    hasSource: row.source !== '',
    content: reason !== null ? { reason } : { cells: cells(row, isBaseline, against, rateScale) },
  };
}

function stateWord(
  row: VariantResult,
  isBaseline: boolean,
  against: Comparison | null,
  running: boolean,
): readonly [string, Tone] {
  switch (row.status) {
    case 'waiting':
      return [running ? 'waiting' : 'not run', 'quiet'];
    case 'preparing':
      return running ? ['preparing', 'active'] : ['not run', 'quiet'];
    case 'provisional':
      return ['provisional', running ? 'active' : 'warning'];
    case 'failed':
      return ['failed', 'bad'];
    case 'skipped':
      return ['skipped', 'quiet'];
    case 'ok':
      if (isBaseline) return ['baseline', 'quiet'];
      if (!against) return [running ? 'measured' : 'no verdict', 'quiet'];
      return [against.verdict, VERDICT_TONES[against.verdict]];
  }
}

const VERDICT_TONES: Readonly<Record<Comparison['verdict'], Tone>> = {
  faster: 'good',
  slower: 'plain',
  'no difference': 'quiet',
  inconclusive: 'warning',
  'not comparable': 'warning',
};

function cells(
  row: VariantResult,
  isBaseline: boolean,
  against: Comparison | null,
  rateScale: number,
): readonly Cell[] {
  const { median_s, ci_s, flops_per_s, peak_fraction, error, compile_s } = row;
  if (row.status === 'waiting' || row.status === 'preparing') return COLUMNS.map(() => NOT_YET);
  return [
    cell(median_s === null ? null : formatSeconds(median_s), ci_s ? secondsInterval(ci_s) : ''),
    isBaseline && median_s !== null ? cell('1×') : speedupCell(against),
    cell(flops_per_s === null ? null : significant(flops_per_s / rateScale)),
    cell(peak_fraction === null ? null : formatPercent(peak_fraction)),
    cell(error === null ? null : formatError(error)),
    cell(compile_s === null ? null : formatSeconds(compile_s)),
    cell(breakEven(row, against)),
  ];
}

function speedupCell(against: Comparison | null): Cell {
  if (!against?.ratio) return NONE;
  return cell(formatSpeedup(1 / against.ratio), against.ci ? speedupInterval(against.ci) : '');
}

/** A slower variant never wins its compile time back; the report itself has null for that and for unknown. */
function breakEven(row: VariantResult, against: Comparison | null): string | null {
  if (row.break_even_calls !== null) return Math.ceil(row.break_even_calls).toLocaleString('en-US');
  return row.compile_s !== null && against?.verdict === 'slower' ? 'never' : null;
}

/** One unit for the whole column, so that its numbers compare at a glance. */
function rateUnit(rows: readonly VariantResult[]): { readonly unit: string; readonly scale: number } {
  const largest = Math.max(0, ...rows.map((row) => row.flops_per_s ?? 0));
  return largest >= 1e13 ? { unit: 'TFLOP/s', scale: 1e12 } : { unit: 'GFLOP/s', scale: 1e9 };
}
