/** What the chart of one mode draws: each variant's median and interval, in the order of the table. */
import { baselineOf } from '../../protocol';
import type { Framework, Mode, RaceState, VariantResult } from '../../protocol';
import { timeScale } from './chartScale';
import type { TimeScale } from './chartScale';

/** A row that has numbers. Times in seconds. */
export interface ChartPoint {
  /** The row's place in the table, from 0. */
  readonly index: number;
  readonly framework: Framework;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly provisional: boolean;
}

export interface RaceChart {
  readonly mode: Mode;
  /** Every row's label, also of rows without numbers. */
  readonly labels: readonly string[];
  readonly points: readonly ChartPoint[];
  /** The baseline's median: a line that the others are left or right of. */
  readonly baseline: number | null;
}

export function raceChart(race: RaceState, mode: Mode): RaceChart {
  const rows = race.rows.filter((row) => row.mode === mode);
  return {
    mode,
    labels: rows.map((row) => row.label),
    points: rows.flatMap((row, index) => point(row, index)),
    baseline: baselineOf(rows, mode)?.median_s ?? null,
  };
}

function point(row: VariantResult, index: number): readonly ChartPoint[] {
  const { framework, median_s: median, ci_s } = row;
  if (median === null || (row.status !== 'ok' && row.status !== 'provisional')) return [];
  const [low, high] = ci_s ?? [median, median];
  return [{ index, framework, median, low, high, provisional: row.status === 'provisional' }];
}

export function chartTimeScale(chart: RaceChart, maxTicks: number): TimeScale | null {
  return timeScale(
    chart.points.flatMap((each) => [each.low, each.median, each.high]),
    maxTicks,
  );
}

/** The chart's caption, which also names it. */
export function chartCaption(chart: RaceChart): string {
  const scale = chartTimeScale(chart, 6);
  const axis = scale?.type === 'log' ? ', logarithmic axis' : '';
  return `Median time of one call with its 95 % interval${axis}; the dashed line is the baseline. Left is faster.`;
}
