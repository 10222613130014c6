/** What an operand is computed by: as it is written in its place, or as it was given to a variable that only this place reads. */
import type { Edit } from '../finding';
import type { Expr } from '../../lower/ir';
import { isPure } from '../purity';
import type { FunctionScene } from '../scene';
import { wholeLines } from '../source';
import { meaningOf, onlyUse } from './meaning';
import { runsMoreOften } from './repeated';

export interface Behind {
  readonly expr: Expr;
  /** The variable's assignment, whose lines go once nothing reads it; null where the operand is written in its place. */
  readonly assignment: Expr | null;
  /** What takes the assignment away; null where something else stands on its lines. */
  readonly removal: readonly Edit[] | null;
}

/** @returns null for a variable that something else reads, too, or whose place runs more often than its assignment */
export function behind(scene: FunctionScene, operand: Expr): Behind | null {
  const expr = meaningOf(scene, operand);
  if (expr === operand) return { expr, assignment: null, removal: [] };
  const assignment = onlyUse(scene, operand);
  if (!assignment || runsMoreOften(scene, operand, assignment)) return null;
  const lines = wholeLines(scene, assignment);
  const kept = !lines || scene.source(lines).includes('#');
  return { expr, assignment: expr, removal: kept ? null : [{ ...lines, newText: '' }] };
}

/** The edits that remain where parts of a moved expression must be such that nothing notices when they are computed. */
export function removalOf(
  scene: FunctionScene,
  { assignment, removal }: Behind,
  parts: readonly Expr[],
): readonly Edit[] | null {
  return assignment === null || parts.every((each) => isPure(scene, each)) ? removal : null;
}
