/** What of a file can be converted by name. */
import type { FileModel } from '../infer/model';
import type { Span } from '../lower/ir';

export type Subject =
  | { readonly kind: 'function'; readonly qualname: string; readonly name: string; readonly key: string }
  | {
      readonly kind: 'module';
      readonly qualname: string;
      readonly name: string;
      /** Key of the class. */
      readonly key: string;
      readonly method: string;
      /** The first line of the class. */
      readonly span: Span;
    };

/** `f`, `Class` or `Class.method`; of several definitions the last one holds. */
export function subjectNamed(file: FileModel, qualname: string): Subject | null {
  const { functions, classes } = file.facts;
  const named = classes.findLast((each) => each.qualname === qualname);
  if (named) return moduleSubject(file, named.key, 'forward');
  const facts = functions.findLast((each) => each.qualname === qualname);
  if (!facts) return null;
  if (facts.owner !== null) return moduleSubject(file, facts.owner, facts.name);
  return { kind: 'function', qualname, name: facts.name, key: facts.key };
}

/** The functions of the top level, and the modules that no other module of the file is made of. */
export function subjectsOf(file: FileModel): readonly Subject[] {
  const subjects: Subject[] = [];
  for (const { qualname, name, key, owner } of file.facts.functions) {
    // What a benchmark problem gives its own model is no part of it.
    if (owner === null && !/^get_(?:init_)?inputs$/.test(name))
      subjects.push({ kind: 'function', qualname, name, key });
  }
  for (const { key, name, methods } of file.facts.classes) {
    const used = file.facts.classes.some((each) => each.key !== key && isMentioned(file, each.key, name));
    const subject = methods.has('forward') && !used ? moduleSubject(file, key, 'forward') : null;
    if (subject) subjects.push(subject);
  }
  return subjects;
}

function isMentioned(file: FileModel, key: string, name: string): boolean {
  const statement = file.classFacts(key)?.statement;
  return statement !== undefined && new RegExp(`\\b${name}\\b`).test(file.text.slice(statement.start, statement.end));
}

function moduleSubject(file: FileModel, key: string, method: string): Subject | null {
  const facts = file.classFacts(key);
  if (!facts) return null;
  const { start } = facts.statement;
  const lineEnd = file.text.indexOf('\n', start);
  const end = lineEnd < 0 ? file.text.length : lineEnd;
  return { kind: 'module', qualname: facts.qualname, name: facts.name, key, method, span: { start, end } };
}

/** `MultiHeadAttention` becomes `multi_head_attention`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}
