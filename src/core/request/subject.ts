/** Something that can be raced. */
import type { Span } from '../lower/ir';

/** `start` and `end` are those of the name behind `def`, where the lens stands. */
export interface RaceSubject extends Span {
  /** Key of the function that runs. */
  readonly key: string;
  /** What is raced: `function`, `Class` or `Class.method`. */
  readonly qualname: string;
  readonly kind: 'function' | 'module' | 'method';
  /** The whole definition. */
  readonly body: Span;
  /** Places that multiply, those in called functions of the file included. */
  readonly products: number;
  /** Floating-point operations of one call, where all sizes are known. */
  readonly flops: number | null;
  /** `1.6 GFLOP`, or a short formula of the sizes; null where neither can be said. */
  readonly flopsText: string | null;
}
