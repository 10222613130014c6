/** Walks and rewrites expressions of the written Python. */
import type { Py, PyStatement } from './python';

/** The expression with each of its parts replaced by what `replace` gives, innermost first. */
export function rewrite(expr: Py, replace: (each: Py) => Py): Py {
  const go = (each: Py): Py => rewrite(each, replace);
  const maybe = (each: Py | null): Py | null => (each ? go(each) : null);
  switch (expr.kind) {
    case 'name':
    case 'literal':
    case 'fact':
      return replace(expr);
    case 'attribute':
      return replace({ ...expr, object: go(expr.object) });
    case 'entry':
      return replace({ ...expr, owner: go(expr.owner), key: go(expr.key) });
    case 'call':
      return replace({
        ...expr,
        callee: go(expr.callee),
        args: expr.args.map((each) => ({ ...each, value: go(each.value) })),
      });
    case 'subscript':
      return replace({ ...expr, object: go(expr.object), index: expr.index.map(go) });
    case 'binary':
    case 'boolean':
      return replace({ ...expr, left: go(expr.left), right: go(expr.right) });
    case 'unary':
      return replace({ ...expr, operand: go(expr.operand) });
    case 'compare':
      return replace({ ...expr, operands: expr.operands.map(go) });
    case 'conditional':
      return replace({ ...expr, body: go(expr.body), test: go(expr.test), orelse: go(expr.orelse) });
    case 'tuple':
    case 'list':
    case 'set':
      return replace({ ...expr, items: expr.items.map(go) });
    case 'dict':
      return replace({
        ...expr,
        entries: expr.entries.map(({ key, value }) => ({ key: maybe(key), value: go(value) })),
      });
    case 'comprehension':
      return replace({
        ...expr,
        element: go(expr.element),
        value: maybe(expr.value),
        clauses: expr.clauses.map((each) =>
          each.kind === 'if'
            ? { ...each, test: go(each.test) }
            : { ...each, target: go(each.target), iterable: go(each.iterable) },
        ),
      });
    case 'lambda':
      return replace({
        ...expr,
        parameters: expr.parameters.map((each) => ({ ...each, default: maybe(each.default) })),
        body: go(expr.body),
      });
    case 'starred':
      return replace({ ...expr, value: go(expr.value) });
    case 'slice':
      return replace({ ...expr, lower: maybe(expr.lower), upper: maybe(expr.upper), step: maybe(expr.step) });
  }
}

/** Every part of an expression, itself included. */
export function visit(expr: Py, see: (each: Py) => void): void {
  rewrite(expr, (each) => {
    see(each);
    return each;
  });
}

/** Every expression that stands in statements, however deeply nested. */
export function visitStatements(statements: readonly PyStatement[], see: (each: Py) => void): void {
  for (const each of statements) {
    for (const expr of expressionsOf(each)) visit(expr, see);
    for (const block of blocksOf(each)) visitStatements(block, see);
  }
}

function expressionsOf(statement: PyStatement): readonly Py[] {
  switch (statement.kind) {
    case 'assign':
      return [...statement.targets, statement.value];
    case 'augment':
      return [statement.target, statement.value];
    case 'expression':
      return [statement.value];
    case 'return':
      return statement.value ? [statement.value] : [];
    case 'if':
    case 'while':
      return [statement.test];
    case 'for':
      return [statement.target, statement.iterable];
    case 'assert':
    case 'raise':
      return statement.values;
    case 'def':
      return statement.parameters.flatMap((each) => (each.default ? [each.default] : []));
    case 'pass':
    case 'break':
    case 'continue':
    case 'comment':
    case 'docstring':
      return [];
  }
}

function blocksOf(statement: PyStatement): readonly (readonly PyStatement[])[] {
  switch (statement.kind) {
    case 'if':
      return [statement.body, statement.orelse];
    case 'for':
    case 'while':
    case 'def':
      return [statement.body];
    default:
      return [];
  }
}

/** Whether two expressions are written alike. */
export function samePy(a: Py, b: Py): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
