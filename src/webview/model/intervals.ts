/** Intervals in words, written like the number that they belong to. */
import { formatSeconds, formatSpeedup } from '../../protocol';

/** Both ends in the unit of the upper one where that is the same, such as `380–391 µs`. */
export function secondsInterval([low, high]: readonly [number, number]): string {
  const [lowText, highText] = [formatSeconds(low), formatSeconds(high)];
  const [lowNumber, lowUnit] = lowText.split(' ');
  return highText.endsWith(` ${lowUnit}`) ? `${lowNumber}–${highText}` : `${lowText} – ${highText}`;
}

/** The interval of a speed-up from that of a time ratio; its ends change places. */
export function speedupInterval([low, high]: readonly [number, number]): string {
  return `${formatSpeedup(1 / high).replace('×', '')}–${formatSpeedup(1 / low)}`;
}
