/** Which functions of a file may hold operations, judged by their text alone: the others are not lowered. */
import type { FunctionFacts } from '../lower/facts';
import type { FileModel } from './model';
import { OPERATION_WORDS } from './family';

/** Attributes that some class of the file gives a value: any of them may hold a Linear. */
function fieldPattern(file: FileModel): RegExp | null {
  const names = new Set<string>();
  for (const each of file.facts.classes) for (const name of each.fields.keys()) names.add(name);
  if (names.size === 0) return null;
  return new RegExp(`\\.(?:${[...names].join('|')})\\s*[([]|\\bin\\s+(?:enumerate|zip|reversed)?\\(?\\s*\\w+\\.\\w+`);
}

export function relevantFunctions(file: FileModel): readonly FunctionFacts[] {
  const { products, functions, classes } = file.facts;
  const calls = fieldPattern(file);
  const locals = classes.length > 0 ? new RegExp(`\\b(?:${classes.map((each) => each.name).join('|')})\\b`) : null;
  let at = 0;
  return functions.filter((each) => {
    while (at < products.length && (products[at] ?? 0) < each.def.start) at++;
    const product = products[at];
    if (product !== undefined && product < each.def.end) return true;
    const text = file.textOf(each);
    return (
      OPERATION_WORDS.test(text) ||
      (each.owner !== null && calls?.test(text) === true) ||
      (locals?.test(text) === true && /\)\s*\(|\w\(/.test(text))
    );
  });
}
