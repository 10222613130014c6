/** Which functions of a file may hold operations, judged by their text alone: the others are not lowered. */
import type { FunctionFacts } from '../lower/facts';
import type { FileModel } from './model';
import { importedName } from '../link/names';
import { productiveOf } from './productive';
import type { Inherited, Question } from './productive';
import { moduleOperation, OPERATION_WORDS, operationOf } from './family';

/** A name behind a dot that is called, indexed or handed on. */
const USE = /\.([A-Za-z_]\w*)\s*([([,)])/g;

/** What is looped over, or looked for in something. */
const IN = /\bin\b([^:\n]*)/g;

/** A name behind a dot of which an attribute, or an item, is called. */
const CHAIN = /\.([A-Za-z_]\w*)((?:\s*\.\s*\w+|\[[^\]\n]*\])+)\s*\(/g;

const CALLED = /\b([A-Za-z_]\w*)\s*\(/g;

/** At the end of what stands before a dot: whose attributes are functions of torch, and no modules of a class. */
const FUNCTIONS_OF = /\b(?:functional|F|torch)$/;
const LONGEST_OWNER = 11;

/** Names of a file of which a function that uses one may matter. */
class Names {
  private readonly fields: ReadonlySet<string>;
  private readonly made: ReadonlySet<string>;
  private readonly foreign: ReadonlySet<string>;
  private readonly called: ReadonlySet<string>;
  /** The same for the same names. */
  readonly id: string;

  constructor(file: FileModel, inherited: Inherited, question: Question) {
    const answer = productiveOf(file, question);
    this.fields = new Set([...answer.fields, ...inherited.fields]);
    this.made = new Set([...answer.made, ...inherited.made]);
    this.foreign = answer.foreign;
    this.called = new Set([...answer.classes, ...aliases(file)]);
    this.id = [this.fields, this.made, this.foreign, this.called].map((each) => [...each].join(' ')).join('\n');
  }

  /** Whether a text calls, hands on or loops over an attribute that may be what is asked for. */
  useIn(text: string): boolean {
    for (const match of text.matchAll(USE)) {
      const [, name = '', mark] = match;
      const before = (): string => text.slice(Math.max(match.index - LONGEST_OWNER, 0), match.index);
      const isUse =
        mark === '(' || mark === '['
          ? this.fields.has(name) && !FUNCTIONS_OF.test(before())
          : this.made.has(name) && /\bself$/.test(before());
      if (isUse) return true;
    }
    for (const [, where = ''] of text.matchAll(IN))
      if (where.includes('.') && Array.from(where.matchAll(/\.(\w+)/g)).some(([, name = '']) => this.fields.has(name)))
        return true;
    return this.foreign.size > 0 && this.useOfForeign(text);
  }

  /** What is called of an object of another file may be any of its attributes. */
  private useOfForeign(text: string): boolean {
    for (const [, name = '', rest = ''] of text.matchAll(CHAIN)) {
      const names = [name, ...Array.from(rest.matchAll(/\.\s*(\w+)/g), ([, each = '']) => each)];
      const last = rest.endsWith(']') ? names.length : names.length - 1;
      if (names.some((each, at) => at < Math.max(last, 1) && this.foreign.has(each))) return true;
    }
    return false;
  }

  callIn(text: string): boolean {
    for (const [, name = ''] of text.matchAll(CALLED)) if (this.called.has(name)) return true;
    return false;
  }
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
  const names = new Names(file, inherited, question);
  let at = 0;
  return functions.filter((each) => {
    while (at < products.length && (products[at] ?? 0) < each.def.start) at++;
    const product = products[at];
    if (product !== undefined && product < each.def.end) return true;
    return file.isRelevant(each.key, names.id, () => {
      const text = file.textOf(each);
      return OPERATION_WORDS.test(text) || names.callIn(text) || (each.owner !== null && names.useIn(text));
    });
  });
}
