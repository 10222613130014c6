/** A call of a tensor function or method, as the tables of this folder see it. */
import type { CallExpr } from '../../lower/ir';
import { numberOf } from '../dims';
import type { Dim } from '../dims';
import { rankPlus } from '../ranks';
import type { Rank } from '../ranks';
import { rankOf, rankTerm } from '../shapes';
import type { Shape } from '../shapes';
import { pick, sequenceOf, tensor, UNKNOWN } from '../values';
import type { Evaluated, Framework, SequenceValue, TensorValue, Value } from '../values';

export class TensorCall {
  constructor(
    readonly framework: Framework,
    /** Positional arguments; of a method, the tensor itself is the first. */
    readonly positional: readonly Evaluated[],
    readonly keywords: ReadonlyMap<string, Evaluated>,
    /** Sees a value as a tensor and, where it is a parameter, remembers that. */
    private readonly see: (argument: Evaluated, framework: Framework) => TensorValue,
    /** A value as a size. */
    private readonly size: (value: Value) => Dim | null,
    readonly expr: CallExpr,
    /** Begins the ids of sizes that this call names. */
    readonly site: string,
  ) {}

  argument(at: number, ...names: readonly string[]): Evaluated | null {
    for (const name of names) {
      const keyword = this.keywords.get(name);
      if (keyword) return keyword;
    }
    return this.positional[at] ?? null;
  }

  value(at: number, ...names: readonly string[]): Value {
    return this.argument(at, ...names)?.value ?? UNKNOWN;
  }

  has(at: number, ...names: readonly string[]): boolean {
    return this.argument(at, ...names) !== null;
  }

  tensor(at: number, ...names: readonly string[]): TensorValue {
    const argument = this.argument(at, ...names);
    return argument ? this.see(argument, this.framework) : tensor(this.framework);
  }

  seen(argument: Evaluated): TensorValue {
    return this.see(argument, this.framework);
  }

  /** The items of an argument that is a list or tuple written out here or known otherwise; else null. */
  items(at: number): readonly Evaluated[] | null {
    const argument = this.argument(at);
    const items = argument && sequenceOf(argument.value)?.items;
    if (!items) return null;
    const { expr } = argument;
    const exprs = expr.kind === 'tuple' || expr.kind === 'list' ? expr.items : [];
    return items.map((value, index) => ({
      expr: exprs.length === items.length ? (exprs[index] ?? expr) : expr,
      value,
    }));
  }

  shape(at: number, ...names: readonly string[]): Shape {
    return this.tensor(at, ...names).shape;
  }

  dim(at: number, ...names: readonly string[]): Dim | null {
    const argument = this.argument(at, ...names);
    return argument ? this.size(argument.value) : null;
  }

  /** A size as a number, where it is a certain one. */
  integer(at: number, ...names: readonly string[]): number | null {
    const dim = this.dim(at, ...names);
    return dim ? numberOf(dim) : null;
  }

  text(at: number, ...names: readonly string[]): string | null {
    return pick(this.value(at, ...names), 'text')?.text ?? null;
  }

  /** The axis argument, `dim` or `axis`. */
  axis(at: number): number | null {
    return this.integer(at, 'dim', 'axis');
  }

  /** Sizes given as one sequence or as the remaining arguments; null where their number is not known. */
  sizes(at: number, ...names: readonly string[]): readonly (Dim | null)[] | null {
    const first = this.argument(at, ...names);
    if (!first) return [];
    const sequence = sequenceOf(first.value);
    if (sequence) return sequence.items?.map((each) => this.size(each)) ?? null;
    const shape = pick(first.value, 'shape');
    if (shape) {
      const known = shape.tensor.kind === 'tensor' ? shape.tensor.shape : null;
      const further = first.expr.kind === 'starred' ? this.positional.slice(at + 1) : [];
      if (!known || known.open || further.some((each) => each.expr.kind === 'starred')) return null;
      return [...known.dims, ...further.map((each) => this.size(each.value))];
    }
    if (names.some((each) => this.keywords.has(each))) return [this.size(first.value)];
    if (this.positional.slice(at).some((each) => each.expr.kind === 'starred' || each.value.kind === 'shape'))
      return null;
    return this.positional.slice(at).map((each) => this.size(each.value));
  }

  /**
   * Sizes of which some at the front are an unknown number of another shape's: `*x.shape[:-1], -1, dim`.
   * @returns those behind, and how many there are in all; null for any other sizes
   */
  ledSizes(
    at: number,
    ...names: readonly string[]
  ): { readonly rank: Rank; readonly sizes: readonly (Dim | null)[] } | null {
    const first = this.argument(at, ...names);
    const lead = first && (sequenceOf(first.value)?.lead ?? wholeShape(first.value));
    if (!lead) return null;
    const further = first.expr.kind === 'starred' ? this.positional.slice(at + 1) : [];
    if (further.some((each) => each.expr.kind === 'starred')) return null;
    const behind = [...lead.tail, ...further.map((each) => each.value)];
    return { rank: rankPlus(lead.count, behind.length), sizes: behind.map((each) => this.size(each)) };
  }

  /** An axis counted from the front, or null. */
  fromFront(axis: number | null, shape: Shape): number | null {
    if (axis === null) return null;
    if (axis >= 0) return axis;
    const rank = rankOf(shape);
    return rank === null ? null : axis + rank;
  }
}

/** The sizes of another tensor, all of them. */
function wholeShape(value: Value): SequenceValue['lead'] {
  const source = value.kind === 'shape' ? value.tensor : null;
  const count = source?.kind === 'tensor' ? rankTerm(source.shape) : source?.rank;
  return count && { count, tail: [] };
}

export type Handler = (call: TensorCall) => Value;
