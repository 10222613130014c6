/** Calls of torch's functions and of methods of its tensors, with their arguments by place and name. */
import type { CallExpr, Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';

export class TorchCall {
  constructor(
    /** `diag`, `linalg.inv`, `softmax`: without `torch.` and `torch.nn.functional.`. */
    readonly name: string,
    readonly expr: CallExpr,
    /** Positional arguments; of a method, the tensor itself is the first. */
    readonly positional: readonly Expr[],
    readonly keywords: ReadonlyMap<string, Expr>,
    /** It is written as a method: `x.diag()`. */
    readonly isMethod: boolean,
  ) {}

  /** How many arguments it is given in all, a method's own tensor among them. */
  get count(): number {
    return this.positional.length + this.keywords.size;
  }

  argument(at: number, ...names: readonly string[]): Expr | null {
    for (const name of names) {
      const keyword = this.keywords.get(name);
      if (keyword) return keyword;
    }
    return this.positional[at] ?? null;
  }
}

/** Null where an expression is no such call, or where not all of its arguments are written out. */
export function torchCallOf(scene: FunctionScene, expr: Expr): TorchCall | null {
  if (expr.kind !== 'call') return null;
  const { callee, args } = expr;
  if (args.some((each) => each.name === '*' || each.name === '**' || each.value.kind === 'starred')) return null;
  const positional = args.filter((each) => each.name === null).map((each) => each.value);
  const keywords = new Map(args.flatMap((each) => (each.name === null ? [] : [[each.name, each.value] as const])));
  const qualified = scene.qualifiedName(callee);
  if (qualified !== null) {
    const name = /^torch\.(?:nn\.functional\.|Tensor\.|special\.)?(\w+|(?:linalg|autograd|func)\.\w+)$/.exec(
      qualified,
    )?.[1];
    return name === undefined ? null : new TorchCall(name, expr, positional, keywords, false);
  }
  if (callee.kind !== 'attribute' || !scene.tensorOf(callee.object)) return null;
  return new TorchCall(callee.name, expr, [callee.object, ...positional], keywords, true);
}
