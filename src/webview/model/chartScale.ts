/** The time axis of a chart: linear from zero, or logarithmic where the times span more than a decade. */

export interface TimeScale {
  readonly type: 'linear' | 'log';
  /** In seconds. */
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
}

const STEPS = [1, 2, 5] as const;

/** The axis for these times (seconds, positive), with at most `maxTicks` ticks; null where there are none. */
export function timeScale(seconds: readonly number[], maxTicks: number): TimeScale | null {
  const times = seconds.filter((each) => each > 0 && Number.isFinite(each));
  if (times.length === 0) return null;
  const [low, high] = [Math.min(...times), Math.max(...times)];
  return high / low > 10 ? logScale(low, high, maxTicks) : linearScale(high, maxTicks);
}

function linearScale(high: number, maxTicks: number): TimeScale {
  const end = high * 1.06;
  const step = niceSteps(end / (maxTicks * 10), end).find((each) => Math.floor(end / each) < maxTicks) ?? end;
  const ticks = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => round(index * step));
  return { type: 'linear', domain: [0, end], ticks };
}

function logScale(low: number, high: number, maxTicks: number): TimeScale {
  const domain: [number, number] = [low / 1.25, high * 1.25];
  const steps = niceSteps(...domain);
  const decades = steps.filter((step) => Number.isInteger(round(Math.log10(step))));
  const crowded = steps.length > maxTicks;
  return { type: 'log', domain, ticks: thinned(crowded && decades.length > 1 ? decades : steps, maxTicks) };
}

/** Every nth, so that at most `most` are left. */
function thinned(ticks: readonly number[], most: number): readonly number[] {
  const every = Math.ceil(ticks.length / most);
  return ticks.filter((_, index) => index % every === 0);
}

/** 1, 2 and 5 times the powers of ten, from `low` up to `high`. */
function niceSteps(low: number, high: number): number[] {
  const steps: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const step of STEPS) {
      const value = round(step * 10 ** power);
      if (value >= low && value <= high) steps.push(value);
    }
  }
  return steps;
}

/** Without the last digits that binary fractions leave, such as those of 3 × 0.1. */
function round(value: number): number {
  return Number(value.toPrecision(12));
}
