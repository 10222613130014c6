/** Which functions of a file may hold operations, judged by their text alone: the others are not lowered. */
import type { FunctionFacts } from '../lower/facts';
import type { Steps } from '../steps';
import { codeOnly } from '../syntax/codeOnly';
import { multiplies } from './classText';
import type { FileModel } from './model';
import { importedName } from '../link/names';
import { productiveOf } from './productive';
import { mayBeRun } from './receivers';
import type { Own } from './receivers';
import type { Answer, Inherited, Question } from './productive';
import { moduleOperation, OPERATION_WORDS, operationOf } from './family';

/** A name behind a dot that is called, indexed or handed on. */
const USE = /\.([A-Za-z_]\w*)\s*([([,)])/g;

/** What is looped over, and by which names. */
const LOOP = /\bfor\b([^:\n]*?)\bin\b([^:\n]*)/g;

/** What of an object is looped over: an attribute, and those of it. */
const LOOPED = /\.(\w+)((?:\.\w+)*)/g;

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
  private readonly ofClass: Answer['ofClass'];
  private readonly own: Own;
  /** The same for the same names. */
  readonly id: string;

  constructor(file: FileModel, inherited: Inherited, question: Question) {
    const answer = productiveOf(file, question, inherited.closed);
    this.fields = new Set([...answer.fields, ...inherited.fields]);
    this.made = new Set([...answer.made, ...inherited.made]);
    this.foreign = answer.foreign;
    this.called = new Set([...answer.classes, ...aliases(file)]);
    const { receivers } = answer;
    this.ofClass = answer.ofClass;
    this.own = { names: new Set([...file.facts.functions, ...file.facts.classes].map(({ name }) => name)), receivers };
    const names = [this.fields, this.made, this.foreign, this.called, receivers];
    const perClass = [...answer.ofClass].map(([key, own]) => [key, ...[...own].map((each) => each.join(':'))]);
    this.id = [...names, ...perClass].map((each) => [...each].join(' ')).join('\n');
  }

  /**
   * Whether a text calls, hands on or loops over an attribute that may be what is asked for.
   * @param owner key of the class whose method it is
   */
  useIn(text: string, owner: string | null): boolean {
    const own = owner === null ? undefined : this.ofClass.get(owner);
    for (const match of text.matchAll(USE)) {
      const [, name = '', mark] = match;
      if (!this.fields.has(name)) continue;
      const before = (): string => text.slice(Math.max(match.index - LONGEST_OWNER, 0), match.index);
      // What the class itself assigns is that.
      if (own?.get(name) === false && /\bself$/.test(before())) continue;
      const isUse =
        mark === '(' || mark === '['
          ? !FUNCTIONS_OF.test(before())
          : this.made.has(name) && /\bself$/.test(before()) && mayBeRun(text, match.index, this.own);
      if (isUse) return true;
    }
    return this.loopIn(text) || (this.foreign.size > 0 && this.useOfForeign(text));
  }

  private loopIn(text: string): boolean {
    for (const [, targets = '', where = ''] of text.matchAll(LOOP)) {
      if (!where.includes('.')) continue;
      for (const [, name = '', rest = ''] of where.matchAll(LOOPED)) {
        if (![name, ...rest.split('.')].some((each) => this.fields.has(each))) continue;
        if (isRun(text, targets)) return true;
      }
    }
    return false;
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

/** Whether a variable of a loop is called, an item or an attribute of it, or handed to something that may call it. */
function isRun(text: string, targets: string): boolean {
  const names = targets.match(/[A-Za-z_]\w*/g) ?? [];
  if (names.length === 0) return false;
  return new RegExp(
    `(?<![\\w.])(?:${names.join('|')})\\s*(?:[([]|\\.\\s*\\w[\\w.]*\\s*\\()|[(,]\\s*(?:${names.join('|')})\\s*[,)]`,
  ).test(text);
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
 * One function a step.
 * @param inherited attributes that classes of the file have from classes of others
 * @param question `told`: functions in which operations stand; `run`: those that run any, too
 */
export function* relevantFunctions(
  file: FileModel,
  inherited: Inherited,
  question: Question,
): Steps<readonly FunctionFacts[]> {
  const names = new Names(file, inherited, question);
  const relevant: FunctionFacts[] = [];
  for (const each of file.facts.functions) {
    yield;
    const matters = file.isRelevant(each.key, names.id, () => {
      const { start, end } = each.def;
      const code = codeOnly(file.textOf(each));
      return multiplies(file, { start, end, code }) || names.callIn(code) || names.useIn(code, each.owner);
    });
    if (matters) relevant.push(each);
  }
  return relevant;
}
