/** The names by which a function reaches the modules of torch when it runs. */
import { importedName } from '../../link/names';
import { blocksOf } from '../../lower/facts';
import type { Expr, Stmt } from '../../lower/ir';
import { walkStatements } from '../../lower/walk';
import type { FunctionScene } from '../scene';

/** The name by which the function can reach the torch module when it runs, or null. */
export function torchName(scene: FunctionScene): string | null {
  return moduleName(scene, 'torch');
}

/** `F`, `torch.nn.functional` or `nn.functional`, as the function can reach it; null where it cannot. */
export function functionalName(scene: FunctionScene): string | null {
  const own = moduleName(scene, 'torch.nn.functional');
  if (own !== null) return own;
  const torch = torchName(scene);
  if (torch !== null) return `${torch}.nn.functional`;
  const nn = moduleName(scene, 'torch.nn');
  return nn === null ? null : `${nn}.functional`;
}

function moduleName(scene: FunctionScene, module: string): string | null {
  const found = scene.file.facts.imports.find((each) => importedName(each) === module);
  if (!found || onlyForTypes(scene, found.bound, module) || bindsName(scene, found.bound)) return null;
  return found.bound;
}

/** The function has a variable of this name. */
function bindsName({ def }: FunctionScene, name: string): boolean {
  let bound = def.parameters.some((each) => each.name === name);
  const bind = (target: Expr): void => {
    if (target.kind === 'name' && target.name === name) bound = true;
    if (target.kind === 'tuple' || target.kind === 'list') target.items.forEach(bind);
  };
  walkStatements(def.body, (each) => {
    if (each.kind === 'assign') each.targets.forEach(bind);
    else if (each.kind === 'for' || each.kind === 'augment') bind(each.target);
    else if (each.kind === 'import') bound ||= each.imports.some((one) => one.bound === name);
  });
  return bound;
}

/** `if TYPE_CHECKING:` imports for the type checker alone. */
function onlyForTypes({ file }: FunctionScene, name: string, module: string): boolean {
  let runs = false;
  const visit = (statements: readonly Stmt[]): void => {
    for (const each of statements) {
      if (each.kind === 'import')
        runs ||= each.imports.some((one) => one.bound === name && importedName(one) === module);
      else if (each.kind === 'if' && /\bTYPE_CHECKING\b/.test(file.text.slice(each.test.start, each.test.end)))
        visit(each.orelse);
      else for (const block of blocksOf(each)) visit(block);
    }
  };
  visit(file.facts.module);
  return !runs;
}
