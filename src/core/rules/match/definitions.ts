/** Which assignment gives a name the value that a place sees, where there is but one that can. */
import { namesIn } from '../../infer/evaluate/expressions';
import type { Expr, Span, Stmt } from '../../lower/ir';
import { expressionsOf, walkExpr, walkStatements } from '../../lower/walk';
import { expressionsAround, stepsTo } from './steps';

export type Definition =
  /** The value that is assigned; the positions lead to the item of it that the name gets. */
  | { readonly kind: 'value'; readonly value: Expr; readonly positions: readonly number[] }
  | { readonly kind: 'parameter' }
  /** The body binds it nowhere. */
  | { readonly kind: 'outer' };

/**
 * The last assignment before a place that runs on every way to it, with no other in between.
 * @param parameters names of the parameters of the function whose body it is
 * @returns null where several may hold: one on some ways only, one of an earlier step of a loop
 */
export function definitionOf(
  body: readonly Stmt[],
  parameters: readonly string[],
  name: string,
  place: Span,
): Definition | null {
  if (isShared(body, name)) return null;
  const steps = stepsTo(body, place);
  const innermost = steps.at(-1);
  if (!innermost || bindsInside(innermost.statement, name, place)) return null;
  for (const { block, at, statement } of steps.toReversed()) {
    if (statement.kind === 'def' || statement.kind === 'class') return null;
    // What a later step of a loop sees, an earlier one may have bound; a handler does not know how far a body came.
    if (/^(?:for|while|try|with|match)$/.test(statement.kind) && binds(statement, name)) return null;
    if (statement !== innermost.statement && expressionsOf(statement).some((each) => rebinds(each, name))) return null;
    for (const before of block.slice(0, at).toReversed()) {
      const found = assigned(before, name);
      if (found) return found;
      if (binds(before, name)) return null;
    }
  }
  if (parameters.includes(name)) return { kind: 'parameter' };
  return body.some((each) => binds(each, name)) ? null : { kind: 'outer' };
}

/** What a name of the top level is for the functions of its file: nothing certain where it is bound more than once. */
export function onlyDefinition(module: readonly Stmt[], name: string): Expr | null {
  const binding = module.filter((each) => binds(each, name));
  const [only, more] = binding;
  const found = only && !more ? assigned(only, name) : null;
  return found?.kind === 'value' && found.positions.length === 0 ? found.value : null;
}

function assigned(statement: Stmt, name: string): Definition | null {
  if (statement.kind !== 'assign' || !statement.value) return null;
  for (const target of statement.targets.toReversed()) {
    const positions = positionIn(target, name);
    if (positions) return { kind: 'value', value: statement.value, positions };
  }
  return null;
}

function positionIn(target: Expr, name: string): readonly number[] | null {
  if (target.kind === 'name') return target.name === name ? [] : null;
  if (target.kind !== 'tuple' && target.kind !== 'list') return null;
  if (target.items.some((each) => each.kind === 'starred')) return null;
  // Targets are bound from left to right: of the same name the last one holds.
  for (const [at, item] of [...target.items.entries()].toReversed()) {
    const inner = positionIn(item, name);
    if (inner) return [at, ...inner];
  }
  return null;
}

/** Functions inside this one, or other ones, may assign it. */
function isShared(body: readonly Stmt[], name: string): boolean {
  let shared = false;
  walkStatements(body, (each) => {
    if ((each.kind === 'global' || each.kind === 'nonlocal') && each.names.includes(name)) shared = true;
  });
  return shared;
}

/** The place's own statement gives the name another meaning: a walrus, a comprehension, a parameter of a lambda. */
function bindsInside(statement: Stmt, name: string, place: Span): boolean {
  if (expressionsOf(statement).some((each) => rebinds(each, name))) return true;
  return expressionsAround(statement, place).some((each) => {
    if (each.kind === 'lambda') return each.parameters.some((parameter) => parameter.name === name);
    if (each.kind !== 'comprehension') return false;
    return each.clauses.some((clause) => clause.kind === 'for' && namesIn(clause.target).includes(name));
  });
}

/** Whether a statement, or anything in it, binds a name. */
export function binds(statement: Stmt, name: string): boolean {
  let found = false;
  walkStatements([statement], (each) => {
    if (boundNames(each).includes(name) || expressionsOf(each).some((part) => rebinds(part, name))) found = true;
  });
  return found;
}

function boundNames(statement: Stmt): readonly string[] {
  switch (statement.kind) {
    case 'assign':
      return statement.value ? statement.targets.flatMap(namesIn) : [];
    case 'augment':
      return namesIn(statement.target);
    case 'for':
      return namesIn(statement.target);
    case 'with':
      return statement.items.flatMap(({ target }) => (target ? namesIn(target) : []));
    case 'try':
      return statement.handlers.flatMap((each) => (each.name === null ? [] : [each.name]));
    case 'match':
      return statement.cases.flatMap((each) => each.names);
    case 'delete':
      return statement.targets.flatMap(namesIn);
    case 'def':
    case 'class':
      return [statement.name];
    case 'import':
      return statement.imports.map((each) => each.bound);
    default:
      return [];
  }
}

function rebinds(expr: Expr, name: string): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if (each.kind === 'walrus' && each.name === name) found = true;
  });
  return found;
}
