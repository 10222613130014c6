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
  /** Arguments that are, or hold, modules. */
  readonly modules: ReadonlyMap<string, Value>;
  /** A size of the called function in terms of the calling one; null where it cannot be said. */
  readonly translate: (dim: Dim) => Dim | null;
}

/** Arguments of a call of a function that only this file calls. */
export interface HandedOn {
  /** Key of the function. */
  readonly key: string;
  readonly arguments: ReadonlyMap<string, Value>;
}

/** A class of this file that is given modules when it is constructed. */
export interface Construction {
  /** Key of the class. */
  readonly key: string;
  readonly modules: ReadonlyMap<string, Value>;
}

export interface FunctionAnalysis {
  /** Key of the function; empty for the top level. */
  readonly key: string;
  readonly operations: readonly Operation[];
  readonly calls: readonly CallSite[];
  readonly constructions: readonly Construction[];
  readonly handed: readonly HandedOn[];
  /** What the code asks of each parameter. */
  readonly requirements: ReadonlyMap<string, Requirement>;
  /** The number of dimensions of those parameters of which every call that succeeds shows it, by their names. */
  readonly ranks: ReadonlyMap<string, number>;
  /** Whether the rank of some operand was known in terms of those that came to light only later. */
  readonly hinges: boolean;
  readonly returned: Value;
  /** Attributes of `self` that it assigns. */
  readonly attributes: ReadonlyMap<string, Value>;
  /** Functions whose code this result depends on, itself included. */
  readonly reads: ReadonlySet<string>;
}
