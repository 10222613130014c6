/** One recognised operation: a product of matrices, or the construction of a module that holds one. */
import type { Expr, Span } from '../lower/ir';
import type { Dim } from './dims';
import type { OperationKind } from './family';
import type { Shape } from './shapes';
import type { Framework, ModuleValue, TensorValue } from './values';

export interface Operand {
  /** The expression that gives it; null for a module's own weight. */
  readonly expr: Expr | null;
  readonly value: TensorValue;
}

/** What one execution costs: floating-point operations, and bytes that must move at least once. */
export interface OperationWork {
  readonly flops: Dim | null;
  readonly bytes: Dim | null;
}

/** A loop or comprehension around an operation. */
export interface Loop extends Span {
  readonly form: 'for' | 'while' | 'comprehension';
  /** How often its body runs, or null. */
  readonly trips: Dim | null;
}

/** A place of the code where one of several ways is taken. */
export interface Decision {
  /** The ways of which one is taken whenever the function comes to its end; those that raise are left out. */
  readonly ways: readonly number[];
  /** Nothing can be said of how often each way is taken. */
  readonly unclear: boolean;
}

/** One way of a decision. */
export interface Arm {
  /** Decisions are told apart by identity. */
  readonly decision: Decision;
  readonly way: number;
}

export interface Operation extends Span {
  readonly kind: OperationKind;
  /** As the framework names it: `matmul`, `@`, `linear`, `Linear`. */
  readonly op: string;
  readonly framework: Framework;
  /** Key of the function whose body it stands in; empty for the top level of the file. */
  readonly owner: string;
  /** Python's qualified name of the innermost function around it. */
  readonly function: string;
  readonly expr: Expr;
  /** Of a linear layer's constructor the weight that it makes, of shape (out, in); of other constructors none. */
  readonly operands: readonly Operand[];
  readonly result: Shape;
  readonly work: OperationWork;
  /** Outermost first. */
  readonly loops: readonly Loop[];
  /** The ways on which it stands, outermost first. */
  readonly arms: readonly Arm[];
  /** The module that is called or constructed. */
  readonly module: ModuleValue | null;
}

/** Whether it multiplies when it runs; a constructor does not. */
export function isCall(operation: Operation): boolean {
  return !operation.kind.endsWith('_ctor');
}

/** A product of torch that costs something where it stands; what a module of the reader's own multiplies is told by the call of its code. */
export function isOwnProduct(operation: Operation): boolean {
  return isCall(operation) && operation.kind !== 'linear_like_call' && operation.framework === 'torch';
}

/** Whether it runs something that holds products, rather than a product itself. */
export function isHolder(operation: Operation): boolean {
  return operation.kind === 'container_call' || operation.kind === 'linear_like_call';
}
