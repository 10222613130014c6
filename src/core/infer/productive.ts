/**
 * Attributes of a file's classes that may run a product when they are called, judged by the text of what they are
 * given alone: most hold sizes, norms and activations, and evaluating whatever calls those would be for nothing.
 */
import { frameworkOf, importedName } from '../link/names';
import type { ClassFacts } from '../lower/facts';
import type { Import } from '../lower/ir';
import { OPERATION_WORDS } from './family';
import type { FileModel } from './model';

/** `self.name = value`, the value to the end of its first line. */
const ASSIGNMENT = /^[ \t]+self\.(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=(?!=)[ \t]*(.*)$/gm;

/** Containers of modules, and values whose first line does not show what they are. */
const UNCLEAR = /\b(?:ModuleList|ModuleDict)\b|[([{,\\]\s*$|^self\.|^\w+$|=\s*self\.|\blambda\b/;

/** What is called, without what stands before a dot: that is a method, or a name of a module. */
const CALLED = /(?<![\w.])([A-Za-z_]\w*)\s*\(/g;

interface Assigned {
  readonly name: string;
  readonly value: string;
}

export interface Productive {
  /** Names of attributes. */
  readonly fields: ReadonlySet<string>;
  /** Those among them that hold something of another file, whose own attributes are not known here. */
  readonly foreign: ReadonlySet<string>;
  /** Names of the classes whose instances may run a product. */
  readonly classes: ReadonlySet<string>;
}

const PRODUCTIVE = 'productive';

export function productiveOf(file: FileModel): Productive {
  return file.once(PRODUCTIVE, () => findProductive(file));
}

/** Takes over what was found before, where the functions that changed say the same of it. */
export function adoptProductive(from: FileModel, to: FileModel, changed: Iterable<string>): void {
  for (const key of changed) if (whatItSays(from, key) !== whatItSays(to, key)) return;
  to.adoptOnce(PRODUCTIVE, from);
}

function whatItSays(file: FileModel, key: string): string {
  const facts = file.functionFacts(key);
  if (!facts) return '';
  const text = file.textOf(facts);
  const assigned = Array.from(text.matchAll(ASSIGNMENT), ([each]) => each);
  return [OPERATION_WORDS.test(text), text.includes('@'), ...assigned].join('\n');
}

function findProductive(file: FileModel): Productive {
  const { classes, imports } = file.facts;
  const assigned = new Map(classes.map((each) => [each, assignmentsIn(file, each)]));
  const imported = new Set(imports.filter((each) => !isTold(each)).map((each) => each.bound));
  const told = imports.filter(isTold).map((each) => each.bound);
  // What any other name stands for, a parameter or a variable, is not told by the text.
  const idleNames = new Set([...BUILTINS, ...classes.map(({ name }) => name), ...told]);
  const productive = new Set(
    classes
      .filter((each) => OPERATION_WORDS.test(textOf(file, each)) || hasProduct(file, each))
      .map(({ name }) => name),
  );
  const runs = ({ value }: Assigned): boolean =>
    OPERATION_WORDS.test(value) ||
    UNCLEAR.test(value) ||
    [...value.matchAll(CALLED)].some(([, name = '']) => productive.has(name) || !idleNames.has(name));
  // Each round may show that a class holds another one that has just been found to run products.
  for (let before = -1; before !== productive.size;) {
    before = productive.size;
    for (const each of classes) {
      const inherits = each.statement.bases.some(({ value }) => value.kind === 'name' && productive.has(value.name));
      if (inherits || assigned.get(each)?.some(runs)) productive.add(each.name);
    }
  }
  const idle = new Set<string>();
  const found = new Set<string>();
  for (const each of [...assigned.values()].flat()) (runs(each) ? found : idle).add(each.name);
  for (const each of classes) for (const name of each.fields.keys()) if (!idle.has(name)) found.add(name);
  const isForeign = ({ value }: Assigned): boolean =>
    UNCLEAR.test(value) || [...value.matchAll(CALLED)].some(([, name = '']) => imported.has(name));
  const foreign = [...assigned.values()].flat().filter((each) => runs(each) && isForeign(each));
  return { fields: found, foreign: new Set(foreign.map(({ name }) => name)), classes: productive };
}

function assignmentsIn(file: FileModel, facts: ClassFacts): readonly Assigned[] {
  return [...textOf(file, facts).matchAll(ASSIGNMENT)].map(([, name = '', value = '']) => ({ name, value }));
}

function textOf(file: FileModel, { statement }: ClassFacts): string {
  return file.text.slice(statement.start, statement.end);
}

function hasProduct({ facts }: FileModel, { statement }: ClassFacts): boolean {
  return facts.products.some((each) => each >= statement.start && each < statement.end);
}

const BUILTINS = 'int float bool str len max min sum round dict set getattr isinstance'.split(' ');

/** From PyTorch and its like, under its own name: the words of operations tell whether it is a product. */
function isTold(each: Import): boolean {
  return frameworkOf(importedName(each)) !== null && !each.aliased;
}
