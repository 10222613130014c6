/** Visits the expressions and statements of a body. */
import type { Expr, Stmt } from './ir';
import { blocksOf } from './facts';

/** The expressions directly inside an expression, in the order of the text. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'attribute':
      return [expr.object];
    case 'call':
      return [expr.callee, ...expr.args.map((each) => each.value)];
    case 'subscript':
      return [expr.object, ...expr.index];
    case 'binary':
    case 'boolean':
      return [expr.left, expr.right];
    case 'unary':
      return [expr.operand];
    case 'compare':
      return expr.operands;
    case 'conditional':
      return [expr.body, expr.test, expr.orelse];
    case 'tuple':
    case 'list':
    case 'set':
      return expr.items;
    case 'dict':
      return expr.entries.flatMap(({ key, value }) => (key ? [key, value] : [value]));
    case 'comprehension':
      return [
        expr.element,
        ...(expr.value ? [expr.value] : []),
        ...expr.clauses.flatMap((each) => (each.kind === 'for' ? [each.target, each.iterable] : [each.test])),
      ];
    case 'lambda':
      return [...expr.parameters.flatMap((each) => (each.default ? [each.default] : [])), expr.body];
    case 'string':
      return expr.fields;
    case 'starred':
    case 'walrus':
      return [expr.value];
    case 'slice':
      return [expr.lower, expr.upper, expr.step].filter((each) => each !== null);
    case 'await':
    case 'yield':
      return expr.value ? [expr.value] : [];
    case 'name':
    case 'number':
    case 'constant':
    case 'opaque':
      return [];
  }
}

/** The expressions directly inside a statement; those of nested blocks are not among them. */
export function expressionsOf(statement: Stmt): readonly Expr[] {
  switch (statement.kind) {
    case 'assign':
      return [...statement.targets, ...(statement.value ? [statement.value] : [])];
    case 'augment':
      return [statement.target, statement.value];
    case 'expr':
      return [statement.value];
    case 'return':
      return statement.value ? [statement.value] : [];
    case 'if':
    case 'while':
      return [statement.test];
    case 'for':
      return [statement.target, statement.iterable];
    case 'with':
      return statement.items.flatMap(({ context, target }) => (target ? [context, target] : [context]));
    case 'match':
      return [statement.subject];
    case 'delete':
      return statement.targets;
    case 'raise':
    case 'assert':
      return statement.values;
    case 'def':
      return [...statement.decorators, ...statement.parameters.flatMap((each) => (each.default ? [each.default] : []))];
    case 'class':
      return [...statement.decorators, ...statement.bases.map((each) => each.value)];
    default:
      return [];
  }
}

/** Visits an expression and everything inside it, outermost first. */
export function walkExpr(expr: Expr, visit: (each: Expr) => void): void {
  const waiting: Expr[] = [expr];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    visit(next);
    waiting.push(...partsOf(next).toReversed());
  }
}

/** Visits every statement of some blocks, nested blocks and definitions included. */
export function walkStatements(statements: readonly Stmt[], visit: (each: Stmt) => void): void {
  for (const statement of statements) {
    visit(statement);
    for (const block of blocksOf(statement)) walkStatements(block, visit);
    if (statement.kind === 'def' || statement.kind === 'class') walkStatements(statement.body, visit);
  }
}

/** Visits every expression of some blocks. */
export function walkBody(statements: readonly Stmt[], visit: (each: Expr) => void): void {
  walkStatements(statements, (statement) => {
    for (const each of expressionsOf(statement)) walkExpr(each, visit);
  });
}

/** Whether an expression mentions a name. */
export function mentions(expr: Expr, name: string): boolean {
  let found = false;
  walkExpr(expr, (each) => {
    if ((each.kind === 'name' || each.kind === 'walrus') && each.name === name) found = true;
  });
  return found;
}
