/** The JavaScript engine's settings for the analysis of many files. */
import { setFlagsFromString } from 'node:v8';

const FLAGS = [
  // By how much a heap may grow before all of it is collected. Left to itself it grows to four times of what is in use
  // while there is memory to be had.
  '--heap-growing-percent=80',
  // Values come in many forms: what is inlined for some of them is thrown away when another one comes. A tenth of the
  // time, and a third of the compiler's.
  '--max-inlined-bytecode-size-cumulative=100',
];

/** To be called before threads are started. */
export function setUpEngine(): void {
  for (const each of FLAGS) setFlagsFromString(each);
}
