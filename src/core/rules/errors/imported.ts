/** Names that an import of the file's top level binds, and nothing else. */
import { canonicalName } from '../../link/names';
import type { Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';
import { definitionOf } from '../match/definitions';

/** The canonical qualified name of `torch.mm`, `F.linear` or `mm`, however it was imported; null for other expressions. */
export function importedName(scene: FunctionScene, expr: Expr): string | null {
  if (expr.kind === 'attribute') {
    const object = importedName(scene, expr.object);
    return object === null ? null : canonicalName(`${object}.${expr.name}`);
  }
  if (expr.kind !== 'name') return null;
  const [binding, more] = scene.file.scope.lookup(expr.name);
  if (binding?.kind !== 'import' || more) return null;
  // Of the top level itself the scope has told already what the name is.
  const free = scene.key === '' || definitionOf(scene, expr.name, expr)?.kind === 'outer';
  return free ? canonicalName(binding.name) : null;
}
