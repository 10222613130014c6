/**
 * Names that a written program uses and nothing in it binds: what the reader's file imports from elsewhere.
 * Everything else is refused where it is met; this is the net under it, so that no program is given out that
 * fails with a NameError.
 */
import type { Program } from './program';
import type { Py, PyFunction, PyStatement } from './python';
import { visit, visitStatements } from './walk';

/** Python's own, and what the head of each file imports. */
const KNOWN = new Set([
  'jax', 'jnp', 'math', 'dataclass',
  'abs', 'all', 'any', 'bool', 'callable', 'complex', 'dict', 'divmod', 'enumerate', 'filter', 'float', 'frozenset', 'getattr', 'hasattr', 'int',
  'isinstance', 'issubclass', 'iter', 'len', 'list', 'map', 'max', 'min', 'next', 'object', 'pow', 'print', 'range', 'repr', 'reversed', 'round',
  'set', 'setattr', 'slice', 'sorted', 'str', 'sum', 'super', 'tuple', 'type', 'zip', 'NotImplemented', 'Ellipsis',
]); // prettier-ignore

/** Errors that are raised by name are Python's own as well. */
const ERROR = /^(?:[A-Z]\w*(?:Error|Exception|Warning)|Exception|StopIteration)$/;

export function freeNames(program: Program): readonly string[] {
  const functions = program.written();
  const bound = new Set([...functions.map((each) => each.name), ...program.constants.keys()]);
  const used = new Set<string>();
  for (const value of program.constants.values()) collect(value, used, bound);
  for (const each of functions) {
    bindParameters(each, bound);
    bindStatements(each.body, bound);
    visitStatements(each.body, (part) => {
      collectOne(part, used, bound);
    });
    for (const { default: value } of each.parameters) if (value) collect(value, used, bound);
  }
  return [...used].filter(
    (name) => !bound.has(name) && !program.isHelper(name) && !KNOWN.has(name) && !ERROR.test(name),
  );
}

function collect(expr: Py, used: Set<string>, bound: Set<string>): void {
  visit(expr, (part) => {
    collectOne(part, used, bound);
  });
}

/** Names of inner scopes count as bound everywhere: the net is for names that are bound nowhere. */
function collectOne(part: Py, used: Set<string>, bound: Set<string>): void {
  if (part.kind === 'name') used.add(part.name);
  else if (part.kind === 'lambda') for (const each of part.parameters) bound.add(each.name);
  else if (part.kind === 'comprehension') {
    for (const clause of part.clauses) if (clause.kind === 'for') bindTarget(clause.target, bound);
  }
}

function bindParameters({ parameters }: PyFunction, bound: Set<string>): void {
  for (const each of parameters) bound.add(each.name);
}

function bindStatements(statements: readonly PyStatement[], bound: Set<string>): void {
  for (const each of statements) {
    if (each.kind === 'assign') for (const target of each.targets) bindTarget(target, bound);
    else if (each.kind === 'for') bindTarget(each.target, bound);
    else if (each.kind === 'def') {
      bound.add(each.name);
      bindParameters(each, bound);
    }
    if ('body' in each) bindStatements(each.body, bound);
    if (each.kind === 'if') bindStatements(each.orelse, bound);
  }
}

function bindTarget(target: Py, bound: Set<string>): void {
  if (target.kind === 'name') bound.add(target.name);
  else if (target.kind === 'tuple' || target.kind === 'list') for (const each of target.items) bindTarget(each, bound);
  else if (target.kind === 'starred') bindTarget(target.value, bound);
}
