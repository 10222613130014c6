/** How a list of tensors becomes one tensor. */
import type { CallExpr, Expr, Span } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { meaningOf } from './meaning';
import { expressionsAround } from './spans';
import { torchCallOf } from './torchCall';

export type ListUse = 'stacked' | 'added' | 'joined';

/** What makes one tensor of a list without asking that all its items are of one shape. */
const JOINS = new Set(['cat', 'concat', 'concatenate', 'hstack', 'vstack', 'dstack']);

/** What a list is given to, by its name or as the comprehension that begins there. */
export function listUse(scene: FunctionScene, start: number, name: string | null): ListUse | null {
  const places = name === null ? comprehensionPlaces(scene, start) : placesOf(scene, name, start);
  let way: ListUse | null = null;
  for (const place of places) {
    const called = callGiven(scene, place);
    if (!called) continue;
    const method = torchCallOf(scene, called)?.name ?? '';
    if (method === 'stack') way = 'stacked';
    else if (scene.qualifiedName(called.callee) === 'builtins.sum') way = 'added';
    else if (JOINS.has(method)) way ??= 'joined';
  }
  return way;
}

function placesOf({ index }: FunctionScene, name: string, start: number): readonly Span[] {
  return index.mentions(name).filter((each) => each.kind === 'name' && each.start >= start);
}

/** Where a comprehension stands, and where the name is read that it is given. */
function comprehensionPlaces(scene: FunctionScene, start: number): readonly Span[] {
  const at = { start, end: start };
  const statement = scene.index.stepAt(at)?.statement;
  const around = statement ? expressionsAround(statement, at) : [];
  const made = around.find((each) => each.kind === 'comprehension' && each.start === start);
  if (!statement || !made) return [];
  if (statement.kind !== 'assign' || !statement.value || withoutSequence(scene, statement.value) !== made)
    return [made];
  const { value } = statement;
  return statement.targets.flatMap((target) =>
    target.kind === 'name'
      ? placesOf(scene, target.name, statement.end).filter(
          ({ start: from, end }) => meaningOf(scene, { kind: 'name', name: target.name, start: from, end }) === value,
        )
      : [],
  );
}

/** The call whose first argument stands at a place. */
function callGiven(scene: FunctionScene, place: Span): CallExpr | null {
  const statement = scene.index.stepAt(place)?.statement;
  const around = statement ? expressionsAround(statement, place) : [];
  const found = around.findLast((each) => {
    const [list] = each.kind === 'call' ? each.args : [];
    const given = list && withoutSequence(scene, list.value);
    return given?.start === place.start && given.end === place.end && list?.value.kind !== 'starred';
  });
  return found?.kind === 'call' && !isSequence(scene, found) ? found : outerCall(scene, around, found);
}

/** `torch.cat(tuple(layer(x) for ...))` */
function outerCall(scene: FunctionScene, around: readonly Expr[], inner: Expr | undefined): CallExpr | null {
  const outer = around.findLast((each) => each.kind === 'call' && each !== inner && each.args[0]?.value === inner);
  return inner && outer?.kind === 'call' && !isSequence(scene, outer) ? outer : null;
}

/** `tuple(layer(x) for ...)` is what it is made of. */
function withoutSequence(scene: FunctionScene, expr: Expr): Expr {
  return isSequence(scene, expr) && expr.kind === 'call' ? (expr.args[0]?.value ?? expr) : expr;
}

function isSequence(scene: FunctionScene, expr: Expr): boolean {
  return expr.kind === 'call' && /^builtins\.(?:tuple|list)$/.test(scene.qualifiedName(expr.callee) ?? '');
}
