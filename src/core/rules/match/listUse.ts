/** How a list of tensors becomes one tensor. */
import type { Expr } from '../../lower/ir';
import { walkBody } from '../../lower/walk';
import type { FunctionScene } from '../scene';
import { meaningOf } from './meaning';
import { torchCallOf } from './torchCall';

export type ListUse = 'stacked' | 'added' | 'joined';

/** What makes one tensor of a list without asking that all its items are of one shape. */
const JOINS = new Set(['cat', 'concat', 'concatenate', 'hstack', 'vstack', 'dstack']);

/** What a list is given to, by its name or as the comprehension that begins there. */
export function listUse(scene: FunctionScene, start: number, name: string | null): ListUse | null {
  let way: ListUse | null = null;
  walkBody(scene.def.body, (each) => {
    if (each.kind !== 'call' || (name !== null && each.start < start)) return;
    const [list] = each.args;
    if (!list || (name === null ? !isComprehension(scene, list.value, start) : !isNamed(list.value, name))) return;
    const called = torchCallOf(scene, each)?.name ?? '';
    if (called === 'stack') way = 'stacked';
    else if (scene.qualifiedName(each.callee) === 'builtins.sum') way = 'added';
    else if (JOINS.has(called)) way ??= 'joined';
  });
  return way;
}

function isNamed(expr: Expr, name: string): boolean {
  return expr.kind === 'name' && expr.name === name;
}

function isComprehension(scene: FunctionScene, expr: Expr, start: number): boolean {
  const given = expr.kind === 'name' ? meaningOf(scene, expr) : expr;
  // `tuple(layer(x) for ...)`
  const isSequence =
    given.kind === 'call' && /^builtins\.(?:tuple|list)$/.test(scene.qualifiedName(given.callee) ?? '');
  const made = isSequence ? (given.args[0]?.value ?? given) : given;
  return made.kind === 'comprehension' && made.start === start;
}
