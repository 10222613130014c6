/** Whether code runs more often than other code of the same function. */
import type { Expr, Span } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { expressionsAround, holds } from './spans';

/** The place stands in a loop, a comprehension or a function of its own in which the other one does not. */
export function runsMoreOften(scene: FunctionScene, place: Span, other: Span): boolean {
  const steps = scene.index.stepsTo(place);
  const innermost = steps.at(-1)?.statement;
  const around: readonly (Span & { readonly kind: string })[] = [
    ...steps.map(({ statement }) => statement),
    ...(innermost ? expressionsAround(innermost, place) : []),
  ];
  return around.some((each) => /^(?:for|while|def|lambda|comprehension)$/.test(each.kind) && !holds(each, other));
}

/** The expression that an expression is a part of, in its statement. */
export function parentOf(scene: FunctionScene, expr: Expr): Expr | null {
  const innermost = scene.index.stepAt(expr)?.statement;
  if (!innermost) return null;
  const around = expressionsAround(innermost, expr);
  return around[around.indexOf(expr) - 1] ?? null;
}
