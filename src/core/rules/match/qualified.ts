/** What a function is called by its framework, wherever it stands: in decorators, whose values nobody asks for, too. */
import { canonicalName } from '../../link/names';
import type { Expr } from '../../lower/ir';
import type { FunctionScene } from '../scene';

/** The canonical qualified name behind an expression: by its value, else by the import that binds it; null for others. */
export function qualifiedNameOf(scene: FunctionScene, expr: Expr): string | null {
  if (expr.kind !== 'name' && expr.kind !== 'attribute') return null;
  return scene.qualifiedName(expr) ?? importedAs(scene, expr);
}

/** By the imports of the file's top level alone. */
export function importedAs(scene: FunctionScene, expr: Expr): string | null {
  const dotted = dottedName(expr);
  if (dotted === null) return null;
  const [head = '', ...rest] = dotted.split('.');
  const [binding, more] = scene.file.scope.lookup(head);
  return binding?.kind === 'import' && !more ? canonicalName([binding.name, ...rest].join('.')) : null;
}

function dottedName(expr: Expr): string | null {
  if (expr.kind === 'name') return expr.name;
  const object = expr.kind === 'attribute' ? dottedName(expr.object) : null;
  return object !== null && expr.kind === 'attribute' ? `${object}.${expr.name}` : null;
}
