/** Which functions of a file may hold operations, judged by their text alone: the others are not lowered. */
import type { FunctionFacts } from '../lower/facts';
import type { FileModel } from './model';
import { importedName } from '../link/names';
import { productiveOf } from './productive';
import type { Inherited, Question } from './productive';
import { moduleOperation, OPERATION_WORDS, operationOf } from './family';

/** Calls of and loops over attributes of which some may be what is asked for. */
function fieldPattern(file: FileModel, inherited: Inherited, question: Question): RegExp | null {
  const { fields, foreign, made } = productiveOf(file, question);
  const either = (own: ReadonlySet<string>, others: ReadonlySet<string>): string =>
    `(?:${[...new Set([...own, ...others])].join('|')})`;
  if (fields.size + inherited.fields.size === 0) return null;
  const any = either(fields, inherited.fields);
  const patterns = [`(?<!\\b(?:functional|F|torch))\\.${any}\\s*[([]`, `\\bin\\b[^:\\n]*\\.${any}\\b`];
  if (made.size + inherited.made.size > 0) patterns.push(`\\bself\\.${either(made, inherited.made)}\\s*[,)]`);
  // What is called of an object of another file may be any of its attributes.
  if (foreign.size > 0) patterns.push(`\\.(?:${[...foreign].join('|')})(?:\\s*\\.\\s*\\w+|\\[[^\\]\\n]*\\])+\\s*\\(`);
  return new RegExp(patterns.join('|'));
}

/** Names of the file's own for operations: `from torch import matmul as mm`, `mm = torch.matmul`. */
function aliases({ facts, text }: FileModel): readonly string[] {
  const imported = facts.imports.filter((each) => {
    const name = importedName(each);
    return each.aliased && (operationOf(name) ?? moduleOperation(name)) !== null;
  });
  const assigned = facts.module.flatMap((each) => {
    if (each.kind !== 'assign' || !each.value || !OPERATION_WORDS.test(text.slice(each.value.start, each.value.end)))
      return [];
    return each.targets.flatMap((target) => (target.kind === 'name' ? [target.name] : []));
  });
  return [...imported.map((each) => each.bound), ...assigned];
}

/**
 * @param inherited attributes that classes of the file have from classes of others
 * @param question `told`: functions in which operations stand; `run`: those that run any, too
 */
export function relevantFunctions(file: FileModel, inherited: Inherited, question: Question): readonly FunctionFacts[] {
  const { products, functions } = file.facts;
  const calls = fieldPattern(file, inherited, question);
  const names = [...productiveOf(file, question).classes, ...aliases(file)];
  const locals = names.length > 0 ? new RegExp(`\\b(?:${names.join('|')})\\b\\s*\\(`) : null;
  const by = `${calls?.source ?? ''}\n${locals?.source ?? ''}`;
  let at = 0;
  return functions.filter((each) => {
    while (at < products.length && (products[at] ?? 0) < each.def.start) at++;
    const product = products[at];
    if (product !== undefined && product < each.def.end) return true;
    return file.isRelevant(each.key, by, () => {
      const text = file.textOf(each);
      return (
        OPERATION_WORDS.test(text) || (each.owner !== null && calls?.test(text) === true) || locals?.test(text) === true
      );
    });
  });
}
