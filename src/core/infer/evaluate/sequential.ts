/** Calls of containers: what their items give and do, one after the other. */
import type { CallExpr, Expr } from '../../lower/ir';
import { isLinearStack, moduleOperation } from '../family';
import type { OperationWork } from '../operations';
import { UNKNOWN_SHAPE } from '../shapes';
import { optionsOf, tensor, UNKNOWN } from '../values';
import type { ContainerValue, Value } from '../values';
import { callValue } from './calls';
import type { Arguments } from './calls';
import { UNCLEAR } from './control';
import type { Evaluator } from './evaluator';
import { summed, UNKNOWN_WORK } from './gathering';
import type { Gathered } from './gathering';
import { isLinearLike } from './linearLike';

/** What a Sequential gives, and whether it directly runs a torch Linear. */
export function callContainer(ev: Evaluator, called: ContainerValue, args: Arguments, expr: CallExpr): Value {
  if (called.type !== 'Sequential') return UNKNOWN;
  const [first] = args.positional;
  const operands = first ? [{ expr: first.expr, value: ev.see(first, 'torch') }] : [];
  let current: Value = first?.value ?? UNKNOWN;
  const outcomes = called.items ?? [called.element];
  const inside = ev.gather(() => {
    for (const item of outcomes) {
      const argument: Expr = first?.expr ?? expr;
      current = callValue(ev, item, { positional: [{ expr: argument, value: current }], keywords: new Map() }, expr);
    }
  });
  if (outcomes.some((each) => holdsLinear(ev, each, 0))) {
    const result = current.kind === 'tensor' ? current.shape : UNKNOWN_SHAPE;
    ev.report({
      kind: 'container_call',
      op: 'linear',
      framework: 'torch',
      expr,
      operands,
      result,
      work: containerWork(called, inside),
      module: null,
      start: expr.start,
      end: expr.end,
    });
  }
  const unclear = called.items ? [] : [{ decision: UNCLEAR, way: 0 }];
  for (const each of inside.calls) ev.reportCall({ ...each, arms: [...each.arms, ...unclear] });
  return called.items ? current : tensor('torch');
}

/** What the items of a Sequential do together; unknown where one of them is. */
function containerWork(called: ContainerValue, inside: Gathered): OperationWork {
  const known = called.items?.every((each) => optionsOf(each).every((option) => RUNS.has(option.kind))) ?? false;
  if (!known) return UNKNOWN_WORK;
  // What the reader's own modules cost is told by the calls of their code.
  return summed(inside.operations.filter((each) => each.kind !== 'linear_like_call').map((each) => each.work));
}

/** Values of which it is known what they do when a container runs them. */
const RUNS = new Set<Value['kind']>(['module', 'container', 'instance', 'none']);

/** Whether a container's item is a torch Linear or one like it, or a container of torch that holds one. */
export function holdsLinear(ev: Evaluator, value: Value, depth: number): boolean {
  if (depth > 8) return false;
  return optionsOf(value).some((each) => {
    if (each.kind === 'module') return moduleOperation(each.type)?.call === 'linear_call' || isLinearStack(each.type);
    if (each.kind === 'instance') return isLinearLike(ev, each.key);
    if (each.kind !== 'container') return false;
    return (each.items ?? [each.element]).some((item) => holdsLinear(ev, item, depth + 1));
  });
}
