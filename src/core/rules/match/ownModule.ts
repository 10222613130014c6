/** Modules that a class makes in its constructor and calls by their attribute. */
import type { FileModel } from '../../infer/model';
import { canonicalName, importedName } from '../../link/names';
import type { CallExpr, Expr } from '../../lower/ir';
import { walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';

export interface OwnModule {
  /** `torch.nn.Dropout` */
  readonly type: string;
  readonly made: CallExpr;
}

/** The calls of which one has made `self.name`, by the assignments of the class's constructor; null where any is none. */
export function ownModules(scene: FunctionScene, expr: Expr): readonly OwnModule[] | null {
  if (expr.kind !== 'attribute' || expr.object.kind !== 'name') return null;
  const { file, key, def } = scene;
  const owner = file.classFacts(file.functionFacts(key)?.owner ?? '');
  if (!owner || expr.object.name !== def.parameters[0]?.name) return null;
  const made = owner.methods.get('__init__');
  const init = made === undefined ? null : file.body(made);
  if (!init || owner.fields.get(expr.name)?.join() !== '__init__') return null;
  const self = init.parameters[0]?.name;
  const values: Expr[] = [];
  walkStatements(init.body, (each) => {
    if (each.kind !== 'assign' || !each.value) return;
    for (const target of each.targets) {
      const isOwn = target.kind === 'attribute' && target.object.kind === 'name' && target.object.name === self;
      if (isOwn && target.name === expr.name) values.push(each.value);
    }
  });
  const modules = values.flatMap(choices).map((each) => moduleOf(scene, each));
  return modules.length > 0 && modules.every((each) => each !== null) ? modules : null;
}

/** `nn.Dropout(p) if p > 0 else nn.Identity()` */
function choices(expr: Expr): readonly Expr[] {
  return expr.kind === 'conditional' ? [...choices(expr.body), ...choices(expr.orelse)] : [expr];
}

function moduleOf(scene: FunctionScene, expr: Expr): OwnModule | null {
  if (expr.kind !== 'call') return null;
  const type = nameOf(scene.file, expr.callee);
  return type?.startsWith('torch.nn.') ? { type, made: expr } : null;
}

/** The qualified name that an expression has by the imports of the file's top level. */
function nameOf(file: FileModel, expr: Expr): string | null {
  if (expr.kind === 'attribute') {
    const object = nameOf(file, expr.object);
    return object === null ? null : canonicalName(`${object}.${expr.name}`);
  }
  if (expr.kind !== 'name') return null;
  const all = file.facts.imports.filter((each) => each.bound === expr.name).map(importedName);
  const [first] = all;
  return first !== undefined && all.every((each) => each === first) ? first : null;
}
