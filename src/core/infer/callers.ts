/**
 * Who in a file may call given functions, found in the text: of what runs no product by itself nothing has been
 * evaluated, and a caller that is overlooked would let the others speak for it.
 */
import type { FunctionFacts } from '../lower/facts';
import { textsOfClasses } from './classText';
import type { Assigned } from './classText';
import type { FileModel } from './model';

/** What runs when an instance is called: its callers name an attribute, or the class. */
const CALLED_BY_INSTANCE = new Set(['forward', '__call__']);

/**
 * @param functions keys of functions of the file
 * @param known keys of those that need not be looked at
 */
export function possibleCallers(
  file: FileModel,
  functions: Iterable<string>,
  known: Pick<ReadonlySet<string>, 'has'>,
): readonly FunctionFacts[] {
  const names = new Set<string>();
  const owners = new Set<string>();
  for (const key of functions) {
    const facts = file.functionFacts(key);
    if (!facts) continue;
    if (!CALLED_BY_INSTANCE.has(facts.name)) names.add(facts.name);
    else if (facts.owner !== null) owners.add(file.classFacts(facts.owner)?.name ?? '');
  }
  const classes = withSubclasses(file, owners);
  const fields = classes.size > 0 ? fieldsHolding(file, classes) : new Set<string>();
  const patterns = [spoken('\\.', fields), spoken('\\b', new Set([...names, ...classes]))].filter(
    (each) => each !== '',
  );
  if (patterns.length === 0) return [];
  const pattern = new RegExp(`(?:${patterns.join('|')})\\b`);
  return file.facts.functions.filter((each) => !known.has(each.key) && pattern.test(file.textOf(each)));
}

function spoken(before: string, names: ReadonlySet<string>): string {
  const words = [...names].filter((each) => /^\w+$/.test(each));
  return words.length > 0 ? `${before}(?:${words.join('|')})` : '';
}

/** The classes and those of the file that derive from them: these may have the method from them. */
function withSubclasses({ facts }: FileModel, owners: ReadonlySet<string>): ReadonlySet<string> {
  const all = new Set(owners);
  for (let before = -1; before !== all.size;) {
    before = all.size;
    for (const { name, statement } of facts.classes)
      if (statement.bases.some(({ value }) => value.kind === 'name' && all.has(value.name))) all.add(name);
  }
  return all;
}

/** Attributes that may hold an instance of one of these classes, or a list of them. */
function fieldsHolding(file: FileModel, classes: ReadonlySet<string>): ReadonlySet<string> {
  const { classes: own, imports } = file.facts;
  // What any other name makes, a parameter's or a function's, is not told by the text.
  const others = new Set([...own.map(({ name }) => name), ...imports.map((each) => each.bound), ...BUILTINS]);
  const makes = (name: string): boolean => classes.has(name) || !others.has(name);
  const holds = ({ called, isUnclear, isList }: Assigned): boolean =>
    isUnclear || called.some(makes) || (isList && !called.some((name) => others.has(name)));
  return new Set(
    [...textsOfClasses(file).values()].flatMap(({ assigned }) => assigned.filter(holds).map(({ name }) => name)),
  );
}

const BUILTINS = 'int float bool str len max min sum round range enumerate zip dict list tuple set getattr isinstance'.split(' '); // prettier-ignore
