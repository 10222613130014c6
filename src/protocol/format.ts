/** Numbers in words: the one way times, rates, sizes and ratios are written in lens, hover, panel and terminal. */

const TIME_UNITS: readonly (readonly [number, string])[] = [
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
  [1e-9, 'ns'],
];
const COUNT_UNITS: readonly (readonly [number, string])[] = [
  [1e15, 'P'],
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
];

/** Three significant digits, without an exponent and without trailing zeros after the point. */
export function significant(value: number, digits = 3): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(digits));
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded
    .toFixed(Math.min(decimals, 12))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** A duration in seconds, such as `12.3 µs`. */
export function formatSeconds(seconds: number): string {
  const [scale, unit] = TIME_UNITS.find(([at]) => Math.abs(seconds) >= at) ?? [1e-9, 'ns'];
  return `${significant(seconds / scale)} ${unit}`;
}

/** A count with a decimal prefix before its unit, such as `1.61 GFLOP` or `2.05 MB`. */
export function formatCount(count: number, unit: string): string {
  const [scale, prefix] = COUNT_UNITS.find(([at]) => Math.abs(count) >= at) ?? [1, ''];
  return `${significant(count / scale)} ${prefix}${unit}`;
}

/** A speed-up, such as `2.3×`; two significant digits are as much as a race on a busy machine supports. */
export function formatSpeedup(speedup: number): string {
  return `${significant(speedup, speedup >= 10 ? 3 : 2)}×`;
}

/** A share of one, such as `43 %`. */
export function formatPercent(share: number): string {
  return `${significant(share * 100, share < 0.1 ? 2 : 3)} %`;
}

/** A relative error, such as `2.1e-7`. */
export function formatError(error: number): string {
  return error === 0 ? '0' : error.toExponential(1);
}

/** How long ago, such as `2 min ago`. Both are milliseconds since the epoch. */
export function formatAge(then: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - then) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}
