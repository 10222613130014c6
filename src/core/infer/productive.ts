/**
 * Attributes and classes of a file that may run a product when they are called, judged by their text alone: most
 * hold sizes, norms and activations, and evaluating whatever calls those would be for nothing.
 *
 * There are two questions. A block of a network *runs* products, somewhere below; a lens above it tells how many. A
 * call of a Linear, of a Sequential or of a package's own Linear is *told* by itself, as an operation where it stands.
 */
import { frameworkOf, importedName } from '../link/names';
import type { ClassFacts } from '../lower/facts';
import type { Import } from '../lower/ir';
import { codeOnly } from '../syntax/codeOnly';
import { ANY_CALLED, assignmentsIn, attributesRunIn, textsOfClasses } from './classText';
import type { Assigned, ClassText } from './classText';
import { LINEAR_NAME } from './bends';
import { OPERATION_WORDS } from './family';
import type { FileModel } from './model';
import { receives } from './receivers';

const BUILTINS = 'int float bool str len max min sum round range enumerate zip dict set getattr isinstance'.split(' ');

/** Of one question: */
export interface Answer {
  /** names of attributes, */
  readonly fields: ReadonlySet<string>;
  /** those among them that hold something of another file, whose own attributes are not known here, */
  readonly foreign: ReadonlySet<string>;
  /** those that may be a module that the file makes, and not just what a caller gives; */
  readonly made: ReadonlySet<string>;
  /** of the attributes that a class assigns itself, by its key, whether they are, */
  readonly ofClass: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
  /** names of the classes, */
  readonly classes: ReadonlySet<string>;
  /** and those of functions and classes of the file that may run what is handed to them. */
  readonly receivers: ReadonlySet<string>;
}

/** What classes have from those of other files. */
export interface Inherited extends Pick<Answer, 'fields' | 'made'> {
  /** Names of those that have nothing of what is asked for from classes of other files. */
  readonly closed: ReadonlySet<string>;
}

export type Question = 'run' | 'told';

/** @param closed names of classes of the file that have nothing of what is asked for from those of other files */
export function productiveOf(file: FileModel, question: Question, closed: ReadonlySet<string> = NONE): Answer {
  return file.once([question, ...closed].join(' '), () => new Judgement(file, question, closed).answer());
}

const NONE: ReadonlySet<string> = new Set();

/** Takes over what was found before, where the functions that changed say the same of it. */
export function adoptProductive(from: FileModel, to: FileModel, changed: Iterable<string>): void {
  for (const key of changed) if (whatItSays(from, key) !== whatItSays(to, key)) return;
  for (const question of ['run', 'told']) to.adoptOnce(question, from);
}

function whatItSays(file: FileModel, key: string): string {
  const facts = file.functionFacts(key);
  if (!facts) return '';
  const text = codeOnly(file.textOf(facts));
  const assigned = [...assignmentsIn(text)].map(({ name, value }) => `${name}=${value}`);
  const called = Array.from(text.matchAll(ANY_CALLED), ([, name]) => name);
  const run = attributesRunIn(text);
  return [OPERATION_WORDS.test(text), text.includes('@'), receives(facts, text), ...assigned, ...called, ...run].join(
    '\n',
  );
}

class Judgement {
  private readonly texts: ReadonlyMap<ClassFacts, ClassText>;
  private readonly own: ReadonlySet<string>;
  private readonly imported: ReadonlySet<string>;
  /** What any other name stands for, a parameter or a variable, is not told by the text. */
  private readonly idle: ReadonlySet<string>;
  private readonly classes = new Set<string>();
  private readonly linear = new Set<string>();
  private readonly fields = new Set<string>();

  constructor(
    private readonly file: FileModel,
    private readonly question: Question,
    private readonly closed: ReadonlySet<string>,
  ) {
    const { classes, imports } = file.facts;
    this.texts = textsOfClasses(file);
    this.own = new Set(classes.map(({ name }) => name));
    this.imported = new Set(imports.filter((each) => !isTold(each)).map((each) => each.bound));
    this.idle = new Set([...BUILTINS, ...this.own, ...imports.filter(isTold).map((each) => each.bound)]);
  }

  answer(): Answer {
    const { file, texts, classes, fields } = this;
    const values = [...texts.values()].flatMap((each) => each.assigned);
    const waiting = { classes: new Set(texts.keys()), values: new Set(values) };
    // Each round may show that a class holds another one that has just been found.
    for (let before = NaN; before !== classes.size - waiting.values.size;) {
      before = classes.size - waiting.values.size;
      for (const each of waiting.values) {
        if (!this.holds(each)) continue;
        fields.add(each.name);
        waiting.values.delete(each);
      }
      for (const each of waiting.classes) {
        if (!this.isOne(each)) continue;
        classes.add(each.name);
        waiting.classes.delete(each);
      }
    }
    const ofClass = new Map<string, ReadonlyMap<string, boolean>>();
    for (const [{ key }, { assigned }] of texts) {
      const own = new Map<string, boolean>();
      for (const each of assigned) own.set(each.name, own.get(each.name) === true || !waiting.values.has(each));
      ofClass.set(key, own);
    }
    const told = new Set(values.map(({ name }) => name));
    for (const each of texts.keys()) for (const name of each.fields.keys()) if (!told.has(name)) fields.add(name);
    const foreign = values.filter((each) => fields.has(each.name) && this.isForeign(each));
    const made = values.filter((each) => !each.isGiven).map(({ name }) => name);
    return {
      fields,
      foreign: new Set(foreign.map(({ name }) => name)),
      made: new Set([...fields].filter((name) => !told.has(name)).concat(made.filter((name) => fields.has(name)))),
      ofClass,
      classes,
      receivers: file.once('receivers', () => this.receivers()),
    };
  }

  private receivers(): ReadonlySet<string> {
    const { facts } = this.file;
    const functions = facts.functions.filter((each) => receives(each, codeOnly(this.file.textOf(each))));
    const classes = facts.classes.filter((each) => this.texts.get(each)?.runsGiven);
    // A class runs what it is given as those do that it derives from.
    const names = new Set([...functions, ...classes].map(({ name }) => name));
    for (let before = -1; before !== names.size;) {
      before = names.size;
      for (const { name, statement } of facts.classes)
        if (statement.bases.some(({ value }) => value.kind === 'name' && names.has(value.name))) names.add(name);
    }
    return names;
  }

  /** Whether a call of the value may be one. */
  private holds(value: Assigned): boolean {
    return (
      value.isOperation ||
      this.isUnclear(value) ||
      value.called.some((name) => this.classes.has(name) || !this.idle.has(name))
    );
  }

  /** A list of modules shows what it is where it makes them of the file's own classes. */
  private isUnclear({ isUnclear, isList, called }: Assigned): boolean {
    return isUnclear || (isList && !called.some((name) => this.own.has(name)));
  }

  private isForeign(value: Assigned): boolean {
    return this.isUnclear(value) || value.called.some((name) => this.imported.has(name));
  }

  private isOne(facts: ClassFacts): boolean {
    return this.question === 'run' ? this.runs(facts) : this.isLinearLike(facts);
  }

  private runs(facts: ClassFacts): boolean {
    const text = this.texts.get(facts);
    return (
      text?.multiplies === true ||
      facts.statement.bases.some(({ value }) => value.kind === 'name' && this.classes.has(value.name)) ||
      text?.assigned.some((each) => this.holds(each)) === true
    );
  }

  /** Whether its calls may be those of a linear map, by itself or by what it derives from. */
  private isLinearLike(facts: ClassFacts): boolean {
    const { bases } = facts.statement;
    if (this.isLinear(facts)) return true;
    const text = this.texts.get(facts);
    const isOpen =
      !this.closed.has(facts.name) && bases.some(({ value }) => value.kind === 'name' && this.imported.has(value.name));
    if (!text?.forward)
      return isOpen || bases.some(({ value }) => value.kind === 'name' && this.classes.has(value.name));
    const { bends, multiplies, called, ownCalled } = text.forward;
    if (bends) return false;
    const isNamed = LINEAR_NAME.test(facts.name);
    if (!isOpen && ownCalled.some((name) => !this.mayBeStraight(text, name, isNamed))) return false;
    if (multiplies || called.some((name) => this.fields.has(name))) return true;
    // What it has from a class of another file is not told here.
    const defined = (name: string): boolean =>
      facts.methods.has(name) || text.assigned.some((each) => each.name === name);
    return isOpen && (called.includes('super') || ownCalled.some((name) => !defined(name)));
  }

  /** Whether calling an attribute of a class may be a linear map, or a step on its way. */
  private mayBeStraight({ assigned }: ClassText, name: string, isNamed: boolean): boolean {
    const values = assigned.filter((each) => each.name === name);
    if (values.some((each) => each.bends)) return false;
    const isOwn = (each: string): boolean => this.own.has(each);
    return (
      isNamed ||
      values.length === 0 ||
      values.some(({ called }) => !called.some(isOwn) || called.some((each) => this.classes.has(each)))
    );
  }

  /** Whether it derives from torch's own Linear, as far as this file tells. */
  private isLinear({ name, statement }: ClassFacts): boolean {
    const linear = statement.bases.some(({ value }) =>
      value.kind === 'name' && this.own.has(value.name)
        ? this.linear.has(value.name)
        : OPERATION_WORDS.test(this.file.text.slice(value.start, value.end)),
    );
    if (linear) this.linear.add(name);
    return linear;
  }
}

/** From PyTorch and its like, under its own name: the words of operations tell whether it is a product. */
function isTold(each: Import): boolean {
  return frameworkOf(importedName(each)) !== null && !each.aliased;
}
