/**
 * Work in steps, between which whoever waits for it may do other things. Between two steps nothing that others see is
 * half done. Each step is told how to ask whether it has taken its time.
 */
import type { Pace } from './syntax/parser';

export type Steps<T> = Generator<undefined, T, IsOver>;

export type IsOver = () => boolean;

export type Sliced<T> = { readonly kind: 'done'; readonly value: T } | { readonly kind: 'cancelled' };

/** As batch work does it. */
export function inOneGo<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next(NEVER);
    if (step.done === true) return step.value;
  }
}

/** As many steps at a time as fit into a slice; the host breathes between slices. */
export async function inSlices<T>(
  steps: Steps<T>,
  pace: Pick<Pace, 'now' | 'breathe' | 'sliceMs'>,
  cancelled: () => boolean,
): Promise<Sliced<T>> {
  let begin = pace.now();
  const isOver: IsOver = () => pace.now() - begin >= pace.sliceMs;
  for (;;) {
    const step = steps.next(isOver);
    if (step.done === true) return { kind: 'done', value: step.value };
    if (!isOver()) continue;
    await pace.breathe();
    if (cancelled()) {
      // Whatever the work holds is let go in its own `finally`.
      steps.return(undefined as never);
      return { kind: 'cancelled' };
    }
    begin = pace.now();
  }
}

const NEVER: IsOver = () => false;
