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
import { assignmentsIn, LONGEST_VALUE } from './assignments';
import type { Assignment } from './assignments';
import { BENDS } from './bends';
import { OPERATION_WORDS } from './family';
import type { FileModel } from './model';

/** Values that do not show by themselves what they are. */
const UNCLEAR = /\\\s*$|^self\.|^\w+$|=\s*self\.|\blambda\b/;

const MODULES = /\bModule(?:List|Dict)\b/;

/** What is called, without what stands before a dot: that is a method, or a name of a module. */
const CALLED = /(?<![\w.])([A-Za-z_]\w*)\s*\(/g;

/** The name of anything that is called, a method's included. */
const ANY_CALLED = /\b([A-Za-z_]\w*)\s*\(/g;

const OWN_CALLED = /\bself\.(\w+)\s*\(/g;

/** What is run of the class that another one derives from. */
const INHERITED_CALL = /\bsuper\s*\(/;

const BUILTINS = 'int float bool str len max min sum round range enumerate zip dict set getattr isinstance'.split(' ');

/** Of one question: */
export interface Answer {
  /** names of attributes, */
  readonly fields: ReadonlySet<string>;
  /** those among them that hold something of another file, whose own attributes are not known here, */
  readonly foreign: ReadonlySet<string>;
  /** those that may be a module that the file makes, and not just what a caller gives; */
  readonly made: ReadonlySet<string>;
  /** and names of the classes. */
  readonly classes: ReadonlySet<string>;
}

/** What classes have from those of other files. */
export type Inherited = Pick<Answer, 'fields' | 'made'>;

export type Question = 'run' | 'told';

export function productiveOf(file: FileModel, question: Question): Answer {
  return file.once(question, () => new Judgement(file, question).answer());
}

/** Takes over what was found before, where the functions that changed say the same of it. */
export function adoptProductive(from: FileModel, to: FileModel, changed: Iterable<string>): void {
  for (const key of changed) if (whatItSays(from, key) !== whatItSays(to, key)) return;
  for (const question of ['run', 'told']) to.adoptOnce(question, from);
}

function whatItSays(file: FileModel, key: string): string {
  const facts = file.functionFacts(key);
  if (!facts) return '';
  const text = file.textOf(facts);
  const assigned = [...assignmentsIn(text)].map(({ name, value }) => `${name}=${value}`);
  const called = Array.from(text.matchAll(ANY_CALLED), ([, name]) => name);
  return [OPERATION_WORDS.test(text), text.includes('@'), ...assigned, ...called].join('\n');
}

class Judgement {
  private readonly assigned: ReadonlyMap<ClassFacts, readonly Assigned[]>;
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
  ) {
    const { classes, imports } = file.facts;
    this.assigned = file.once('assigned', () => new Map(classes.map((each) => [each, assignedIn(file, each)])));
    this.own = new Set(classes.map(({ name }) => name));
    this.imported = new Set(imports.filter((each) => !isTold(each)).map((each) => each.bound));
    this.idle = new Set([...BUILTINS, ...this.own, ...imports.filter(isTold).map((each) => each.bound)]);
  }

  answer(): Answer {
    const { assigned, classes, fields } = this;
    const waiting = new Set(this.file.facts.classes);
    // Each round may show that a class holds another one that has just been found.
    for (let before = -1; before !== classes.size + fields.size;) {
      before = classes.size + fields.size;
      for (const { name, value } of [...assigned.values()].flat()) if (this.holds(value)) fields.add(name);
      for (const each of waiting) {
        if (!this.isOne(each)) continue;
        classes.add(each.name);
        waiting.delete(each);
      }
    }
    const values = [...assigned.values()].flat();
    const clear = new Set(values.map(({ name }) => name));
    for (const each of assigned.keys()) for (const name of each.fields.keys()) if (!clear.has(name)) fields.add(name);
    const foreign = values.filter(({ name, value }) => fields.has(name) && this.isForeign(value));
    const made = [...fields].filter(
      (name) => !clear.has(name) || values.some((each) => each.name === name && !each.isGiven),
    );
    return { fields, foreign: new Set(foreign.map(({ name }) => name)), made: new Set(made), classes };
  }

  /** Whether a call of the value may be one. */
  private holds(value: string): boolean {
    return (
      OPERATION_WORDS.test(value) ||
      this.isUnclear(value) ||
      calledIn(value).some((name) => this.classes.has(name) || !this.idle.has(name))
    );
  }

  /** A list of modules shows what it is where it makes them of the file's own classes. */
  private isUnclear(value: string): boolean {
    if (UNCLEAR.test(value) || value.length >= LONGEST_VALUE) return true;
    return MODULES.test(value) && !calledIn(value).some((name) => this.own.has(name));
  }

  private isForeign(value: string): boolean {
    return this.isUnclear(value) || calledIn(value).some((name) => this.imported.has(name));
  }

  private isOne(facts: ClassFacts): boolean {
    return this.question === 'run' ? this.runs(facts) : this.isLinearLike(facts);
  }

  private runs(facts: ClassFacts): boolean {
    return (
      this.multiplies(facts.statement) ||
      facts.statement.bases.some(({ value }) => value.kind === 'name' && this.classes.has(value.name)) ||
      this.assigned.get(facts)?.some(({ value }) => this.holds(value)) === true
    );
  }

  /** Whether its calls may be those of a linear map, by itself or by what it derives from. */
  private isLinearLike(facts: ClassFacts): boolean {
    const { bases } = facts.statement;
    if (this.isLinear(facts)) return true;
    const isOpen = bases.some(({ value }) => value.kind === 'name' && this.imported.has(value.name));
    const key = facts.methods.get('forward');
    const forward = key === undefined ? null : this.file.functionFacts(key)?.def;
    if (!forward) return isOpen || bases.some(({ value }) => value.kind === 'name' && this.classes.has(value.name));
    const text = this.file.text.slice(forward.bodyStart, forward.end);
    const called = Array.from(text.matchAll(ANY_CALLED), ([, name = '']) => name);
    if (called.some((name) => BENDS.test(name))) return false;
    if (this.multiplies(forward) || called.some((name) => this.fields.has(name))) return true;
    // What it has from a class of another file is not told here.
    return isOpen && (INHERITED_CALL.test(text) || ownCalled(text).some((name) => !this.defines(facts, name)));
  }

  private defines(facts: ClassFacts, name: string): boolean {
    return facts.methods.has(name) || this.assigned.get(facts)?.some((each) => each.name === name) === true;
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

  private multiplies({ start, end }: { readonly start: number; readonly end: number }): boolean {
    const { facts, text } = this.file;
    return OPERATION_WORDS.test(text.slice(start, end)) || facts.products.some((each) => each >= start && each < end);
  }
}

function ownCalled(text: string): readonly string[] {
  return Array.from(text.matchAll(OWN_CALLED), ([, name = '']) => name);
}

function calledIn(value: string): readonly string[] {
  return Array.from(value.matchAll(CALLED), ([, name = '']) => name);
}

interface Assigned extends Assignment {
  /** Whether it is just what a caller gives. */
  readonly isGiven: boolean;
}

/** Variables that are given a value on a line of their own; parameters with a default end in a comma. */
const VARIABLES = /^[ \t]+(\w+(?:[ \t]*,[ \t]*\w+)*)[ \t]*(?::[^=\n]+)?=(?!=)[^\n]*[^,\n]$|\bfor\b([^\n]*?)\bin\b/gm;

function assignedIn(file: FileModel, { statement }: ClassFacts): readonly Assigned[] {
  const text = file.text.slice(statement.start, statement.end);
  const variables = new Set<string>();
  for (const [, assigned, looped] of text.matchAll(VARIABLES))
    for (const [name] of (assigned ?? looped ?? '').matchAll(/\w+/g)) variables.add(name);
  return Array.from(assignmentsIn(text), (each) => ({
    ...each,
    isGiven: /^\w+$/.test(each.value) && !variables.has(each.value),
  }));
}

/** From PyTorch and its like, under its own name: the words of operations tell whether it is a product. */
function isTold(each: Import): boolean {
  return frameworkOf(importedName(each)) !== null && !each.aliased;
}
