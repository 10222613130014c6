/** How a function reaches `torch.nn.functional`. */
import { importedName } from '../../link/names';
import type { FunctionScene } from '../scene';
import { torchName } from '../vmap';
import { definitionOf } from './definitions';

/** `F`, `nn.functional`, `torch.nn.functional`, whatever the file imports; null where it imports none of them. */
export function functionalName(scene: FunctionScene): string | null {
  const { def, file } = scene;
  const imports = file.facts.imports.filter((each) => onTop(scene, each.bound));
  const direct = imports.find((each) => importedName(each) === 'torch.nn.functional' && !isHidden(each.bound));
  if (direct) return direct.bound;
  const torch = torchName(scene);
  if (torch !== null) return `${torch}.nn.functional`;
  const nn = imports.find((each) => importedName(each) === 'torch.nn' && !isHidden(each.bound));
  return nn ? `${nn.bound}.functional` : null;

  function isHidden(name: string): boolean {
    const parameters = def.parameters.map((each) => each.name);
    return definitionOf(def.body, parameters, name, def.body.at(-1) ?? def)?.kind !== 'outer';
  }
}

/** It is imported where every function of the file sees it. */
function onTop({ file }: FunctionScene, bound: string): boolean {
  return file.facts.module.some((each) => each.kind === 'import' && each.imports.some((one) => one.bound === bound));
}
