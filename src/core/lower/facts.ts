/**
 * File facts: what a file defines and imports, plain and serialisable. Made once per version of a file from
 * its tree; function bodies are lowered later and only where something may matter (see `bodies.ts`).
 */
import type { ClassStmt, DefStmt, Import, Span, Stmt } from './ir';

export interface FunctionFacts {
  /** Unique in the file and stable while other code is edited: the qualified name, numbered if it recurs. */
  readonly key: string;
  readonly name: string;
  /** Python's `__qualname__`. */
  readonly qualname: string;
  /** Key of the class whose method this is. */
  readonly owner: string | null;
  /** The header; its body is empty here. Offsets count from the beginning of the file. */
  readonly def: DefStmt;
}

export interface ClassFacts {
  readonly key: string;
  readonly name: string;
  readonly qualname: string;
  readonly statement: ClassStmt;
  /** Method name to function key; of several definitions the last one holds. */
  readonly methods: ReadonlyMap<string, string>;
  /** Attribute name to the names of the methods that assign it. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** A comment that speaks to this tool. Offsets count from the beginning of the file. */
export interface Directive extends Span {
  /** `cell`: a line `# %%`, with which the percent format begins a cell of a notebook. */
  readonly kind: 'ignore' | 'shape' | 'cell';
  /** What follows the colon; of a cell, its title. */
  readonly text: string;
  /** Nothing but white space stands before it on its line. */
  readonly ownLine: boolean;
}

export interface FileFacts {
  /** The statements of the top level, with classes and without function bodies. */
  readonly module: readonly Stmt[];
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionFacts[];
  readonly classes: readonly ClassFacts[];
  /** Where `@` may be an operator, in order; a string or comment may hold some of them. */
  readonly products: readonly number[];
  /** Broken code, in order. */
  readonly broken: readonly Span[];
  readonly directives: readonly Directive[];
}

/** An assignment to an attribute of a name, anywhere in the file. */
export interface FieldSite {
  readonly at: number;
  readonly receiver: string;
  readonly name: string;
}

/** Collects what a module's statements define. */
export function collectDefinitions(
  module: readonly Stmt[],
  fields: readonly FieldSite[],
): Pick<FileFacts, 'functions' | 'classes' | 'imports'> {
  const functions: FunctionFacts[] = [];
  const classes: ClassFacts[] = [];
  const imports: Import[] = [];
  const taken = new Map<string, number>();
  const keyFor = (qualname: string): string => {
    const count = (taken.get(qualname) ?? 0) + 1;
    taken.set(qualname, count);
    return count === 1 ? qualname : `${qualname}#${count}`;
  };

  const visit = (statements: readonly Stmt[], prefix: string, owner: string | null, methods: Map<string, string>) => {
    for (const statement of statements) {
      if (statement.kind === 'import') imports.push(...statement.imports);
      else if (statement.kind === 'def') {
        const qualname = prefix + statement.name;
        const key = keyFor(qualname);
        functions.push({ key, name: statement.name, qualname, owner, def: statement });
        methods.set(statement.name, key);
      } else if (statement.kind === 'class') {
        const qualname = prefix + statement.name;
        const key = keyFor(qualname);
        const own = new Map<string, string>();
        classes.push({ key, name: statement.name, qualname, statement, methods: own, fields: new Map() });
        visit(statement.body, `${qualname}.`, key, own);
      } else for (const block of blocksOf(statement)) visit(block, prefix, owner, methods);
    }
  };
  visit(module, '', null, new Map());
  return { functions, classes: assignFields(classes, functions, fields), imports };
}

/** The blocks nested in a statement, without those of definitions. */
export function blocksOf(statement: Stmt): readonly (readonly Stmt[])[] {
  switch (statement.kind) {
    case 'if':
    case 'for':
    case 'while':
      return [statement.body, statement.orelse];
    case 'with':
      return [statement.body];
    case 'try':
      return [statement.body, ...statement.handlers.map((each) => each.body), statement.orelse, statement.final];
    case 'match':
      return statement.cases.map((each) => each.body);
    default:
      return [];
  }
}

function assignFields(
  classes: readonly ClassFacts[],
  functions: readonly FunctionFacts[],
  fields: readonly FieldSite[],
): readonly ClassFacts[] {
  const found = new Map<string, Map<string, string[]>>();
  const methods = functions.filter((each) => each.owner !== null);
  let at = 0;
  for (const field of fields) {
    // Both lists are in the order of the text, and methods do not overlap.
    while (at < methods.length && (methods[at]?.def.end ?? 0) <= field.at) at++;
    const method = methods[at];
    if (!method?.owner || method.def.start > field.at) continue;
    if (method.def.parameters[0]?.name !== field.receiver) continue;
    const own = found.get(method.owner) ?? new Map<string, string[]>();
    found.set(method.owner, own);
    const assigned = own.get(field.name) ?? [];
    own.set(field.name, assigned);
    if (!assigned.includes(method.name)) assigned.push(method.name);
  }
  return classes.map((each) => ({ ...each, fields: found.get(each.key) ?? each.fields }));
}
