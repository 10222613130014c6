/** What one function does, as far as its code alone tells: evaluated once and then used wherever it is called. */
import type { Dim } from './dims';
import type { Arm, Loop, Operation } from './operations';
import type { Requirement } from './requirements';
import type { Value } from './values';

/** A call of another function of this file. */
export interface CallSite {
  /** Key of the called function. */
  readonly key: string;
  readonly loops: readonly Loop[];
  readonly arms: readonly Arm[];
  /** A size of the called function in terms of the calling one; null where it cannot be said. */
  readonly translate: (dim: Dim) => Dim | null;
}

export interface FunctionAnalysis {
  /** Key of the function; empty for the top level. */
  readonly key: string;
  readonly operations: readonly Operation[];
  readonly calls: readonly CallSite[];
  /** What the code asks of each parameter. */
  readonly requirements: ReadonlyMap<string, Requirement>;
  readonly returned: Value;
  /** Attributes of `self` that it assigns. */
  readonly attributes: ReadonlyMap<string, Value>;
  /** Functions whose code this result depends on, itself included. */
  readonly reads: ReadonlySet<string>;
}
