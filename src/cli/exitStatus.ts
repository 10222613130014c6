/** What the process tells whoever started it. */
export const ExitStatus = {
  done: 0,
  /** Findings, refused conversions, or a race whose outputs differ. */
  found: 1,
  /** Wrong use, or an environment that cannot do it. */
  cannot: 2,
  /** Ended by Ctrl-C: 128 and the signal's number, as shells have it. */
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitStatus = (typeof ExitStatus)[keyof typeof ExitStatus];
