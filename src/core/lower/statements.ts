/** Lowers statements. At the top level and in classes, function bodies may be left for later. */
import { lowerArguments, lowerExpr, lowerParameters } from './expressions';
import { lowerImport } from './imports';
import type { Argument, Expr, Parameter, Stmt } from './ir';
import type { Reader } from './reader';
import type { Steps } from '../steps';

/** The statements of the block or module at the cursor. Broken parts are left out. */
export function lowerBlock(r: Reader): readonly Stmt[] {
  const statements: Stmt[] = [];
  r.nested(() => {
    r.children((type) => {
      if (!r.named || type === 'ERROR') return;
      const statement = lowerStatement(r, type);
      if (statement) statements.push(statement);
    });
  });
  return statements;
}

/** The statements of a whole file, one a step. */
export function* lowerModule(r: Reader): Steps<readonly Stmt[]> {
  const statements: Stmt[] = [];
  yield* r.childrenInSteps((type) => {
    if (!r.named || type === 'ERROR') return;
    const statement = lowerStatement(r, type);
    if (statement) statements.push(statement);
  });
  return statements;
}

/** The statement at the cursor; null where nothing of it can be read. */
export function lowerStatement(r: Reader, type: string): Stmt | null {
  const { start, end } = r;
  switch (type) {
    case 'expression_statement':
      return lowerExpressionStatement(r);
    case 'return_statement':
      return { kind: 'return', value: firstExpr(r), start, end };
    case 'if_statement':
      return lowerIf(r);
    case 'for_statement':
      return lowerFor(r);
    case 'while_statement':
      return lowerWhile(r);
    case 'with_statement':
      return lowerWith(r);
    case 'try_statement':
      return lowerTry(r);
    case 'match_statement':
      return lowerMatch(r);
    case 'function_definition':
      return lowerDef(r, []);
    case 'class_definition':
      return lowerClass(r, []);
    case 'decorated_definition':
      return lowerDecorated(r);
    case 'import_statement':
    case 'import_from_statement':
    case 'future_import_statement':
      return { kind: 'import', imports: lowerImport(r), start, end };
    case 'delete_statement':
      return { kind: 'delete', targets: everyExpr(r), start, end };
    case 'global_statement':
    case 'nonlocal_statement':
      return lowerScope(r, type === 'global_statement' ? 'global' : 'nonlocal');
    case 'raise_statement':
    case 'assert_statement':
      return { kind: type === 'raise_statement' ? 'raise' : 'assert', values: everyExpr(r), start, end };
    case 'pass_statement':
      return { kind: 'pass', start, end };
    case 'break_statement':
      return { kind: 'break', start, end };
    case 'continue_statement':
      return { kind: 'continue', start, end };
    default:
      return { kind: 'opaque', start, end };
  }
}

function firstExpr(r: Reader): Expr | null {
  return everyExpr(r)[0] ?? null;
}

function everyExpr(r: Reader): readonly Expr[] {
  const found: Expr[] = [];
  r.children((type) => {
    if (r.named && type !== 'ERROR') found.push(lowerExpr(r));
  });
  return found;
}

function lowerExpressionStatement(r: Reader): Stmt | null {
  const { start, end } = r;
  let statement: Stmt | null = null;
  const items: Expr[] = [];
  r.children((type) => {
    if (type === 'assignment') statement = lowerAssignment(r, start, end);
    else if (type === 'augmented_assignment') statement = lowerAugmented(r, start, end);
    else if (r.named && type !== 'ERROR') items.push(lowerExpr(r));
  });
  if (statement) return statement;
  const [first, second] = items;
  if (!first) return null;
  const value: Expr = second ? { kind: 'tuple', items, start, end } : first;
  return { kind: 'expr', value, start, end };
}

function lowerAssignment(r: Reader, start: number, end: number): Stmt | null {
  const targets: Expr[] = [];
  let annotation: Expr | null = null;
  let value: Expr | null = null;
  const read = (): void => {
    r.children((type) => {
      const field = r.field;
      if (field === 'left') targets.push(lowerExpr(r));
      else if (field === 'type') annotation = lowerExpr(r);
      // `a = b = value` nests to the right.
      else if (field === 'right' && type === 'assignment') r.nested(read);
      else if (field === 'right') value = lowerExpr(r);
    });
  };
  read();
  return targets.length > 0 ? { kind: 'assign', targets, annotation, value, start, end } : null;
}

function lowerAugmented(r: Reader, start: number, end: number): Stmt | null {
  let target: Expr | null = null;
  let value: Expr | null = null;
  let operator = '';
  r.children((type) => {
    const field = r.field;
    if (field === 'left') target = lowerExpr(r);
    else if (field === 'right') value = lowerExpr(r);
    else if (field === 'operator') operator = type.slice(0, -1);
  });
  return target && value ? { kind: 'augment', target, operator, value, start, end } : null;
}

function lowerIf(r: Reader): Stmt | null {
  const { start, end } = r;
  let test: Expr | null = null;
  let body: readonly Stmt[] = [];
  const branches: Branch[] = [];
  r.children((type) => {
    const field = r.field;
    if (field === 'condition') test = lowerExpr(r);
    else if (field === 'consequence') body = lowerBlock(r);
    else if (type === 'elif_clause' || type === 'else_clause') {
      const branch: Branch = { test: null, body: [], start: r.start, end: r.end };
      r.children((inner) => {
        const part = r.field;
        if (part === 'condition') branch.test = lowerExpr(r);
        else if (inner === 'block') branch.body = lowerBlock(r);
      });
      branches.push(branch);
    }
  });
  if (!test) return null;
  // `elif` is an `if` in the other branch.
  const nested = branches.slice(0, MAX_ELIFS);
  const orelse = nested.reduceRight<readonly Stmt[]>(
    (rest, branch) =>
      branch.test
        ? [{ kind: 'if', test: branch.test, body: branch.body, orelse: rest, start: branch.start, end }]
        : branch.body,
    oneOf(branches.slice(MAX_ELIFS)),
  );
  return { kind: 'if', test, body, orelse, start, end };
}

interface Branch {
  test: Expr | null;
  body: readonly Stmt[];
  readonly start: number;
  readonly end: number;
}

/** Longer chains are generated; as deep a nesting would exhaust the stack of everything that walks it. */
const MAX_ELIFS = 50;

/** Branches of which one is taken, or none, whatever their tests. */
function oneOf(branches: readonly Branch[]): readonly Stmt[] {
  const [first] = branches;
  const last = branches.at(-1);
  if (!first || !last) return [];
  const { start } = first;
  const subject: Expr = { kind: 'opaque', start, end: start };
  return [
    { kind: 'match', subject, cases: branches.map((each) => ({ names: [], body: each.body })), start, end: last.end },
  ];
}

function lowerFor(r: Reader): Stmt | null {
  const { start, end } = r;
  let target: Expr | null = null;
  let iterable: Expr | null = null;
  let body: readonly Stmt[] = [];
  let orelse: readonly Stmt[] = [];
  r.children(() => {
    const field = r.field;
    if (field === 'left') target = lowerExpr(r);
    else if (field === 'right') iterable = lowerExpr(r);
    else if (field === 'body') body = lowerBlock(r);
    else if (field === 'alternative') orelse = clauseBody(r);
  });
  return target && iterable ? { kind: 'for', target, iterable, body, orelse, start, end } : null;
}

function lowerWhile(r: Reader): Stmt | null {
  const { start, end } = r;
  let test: Expr | null = null;
  let body: readonly Stmt[] = [];
  let orelse: readonly Stmt[] = [];
  r.children(() => {
    const field = r.field;
    if (field === 'condition') test = lowerExpr(r);
    else if (field === 'body') body = lowerBlock(r);
    else if (field === 'alternative') orelse = clauseBody(r);
  });
  return test ? { kind: 'while', test, body, orelse, start, end } : null;
}

/** The block inside an `else`, `except` or `finally` clause. */
function clauseBody(r: Reader): readonly Stmt[] {
  let body: readonly Stmt[] = [];
  r.children((type) => {
    if (type === 'block') body = lowerBlock(r);
  });
  return body;
}

function lowerWith(r: Reader): Stmt {
  const { start, end } = r;
  const items: { context: Expr; target: Expr | null }[] = [];
  let body: readonly Stmt[] = [];
  r.children((type) => {
    const field = r.field;
    if (type === 'with_clause') {
      r.children((inner) => {
        if (inner === 'with_item') items.push(lowerWithItem(r));
      });
    } else if (field === 'body') body = lowerBlock(r);
  });
  return { kind: 'with', items, body, start, end };
}

function lowerWithItem(r: Reader): { context: Expr; target: Expr | null } {
  let context: Expr = { kind: 'opaque', start: r.start, end: r.end };
  let target: Expr | null = null;
  r.children((type) => {
    if (type === 'as_pattern') {
      let first = true;
      r.children((inner) => {
        if (!r.named) return;
        if (inner === 'as_pattern_target') target = lowerExpr(r);
        else if (first) context = lowerExpr(r);
        first = false;
      });
    } else if (r.named) context = lowerExpr(r);
  });
  return { context, target };
}

function lowerTry(r: Reader): Stmt {
  const { start, end } = r;
  let body: readonly Stmt[] = [];
  let orelse: readonly Stmt[] = [];
  let final: readonly Stmt[] = [];
  const handlers: { name: string | null; body: readonly Stmt[] }[] = [];
  r.children((type) => {
    const field = r.field;
    if (field === 'body') body = lowerBlock(r);
    else if (type === 'except_clause' || type === 'except_group_clause') {
      let name: string | null = null;
      let block: readonly Stmt[] = [];
      r.children((inner) => {
        if (inner === 'block') block = lowerBlock(r);
        else if (inner === 'as_pattern') {
          r.children((part) => {
            if (part === 'as_pattern_target') name = r.text;
          });
        }
      });
      handlers.push({ name, body: block });
    } else if (type === 'else_clause') orelse = clauseBody(r);
    else if (type === 'finally_clause') final = clauseBody(r);
  });
  return { kind: 'try', body, handlers, orelse, final, start, end };
}

function lowerMatch(r: Reader): Stmt | null {
  const { start, end } = r;
  let subject: Expr | null = null;
  const cases: { names: readonly string[]; body: readonly Stmt[] }[] = [];
  r.children((type) => {
    const field = r.field;
    if (field === 'subject') subject ??= lowerExpr(r);
    else if (type === 'block') {
      r.children((inner) => {
        if (inner !== 'case_clause') return;
        const names: string[] = [];
        let body: readonly Stmt[] = [];
        r.children((part) => {
          if (part === 'case_pattern') names.push(...(r.text.match(/\b[A-Za-z_]\w*\b/g) ?? []));
          else if (part === 'block') body = lowerBlock(r);
        });
        cases.push({ names, body });
      });
    }
  });
  return subject ? { kind: 'match', subject, cases, start, end } : null;
}

function lowerScope(r: Reader, kind: 'global' | 'nonlocal'): Stmt {
  const names: string[] = [];
  r.children((type) => {
    if (type === 'identifier') names.push(r.text);
  });
  return { kind, names, start: r.start, end: r.end };
}

function lowerDecorated(r: Reader): Stmt | null {
  const { start } = r;
  const decorators: Expr[] = [];
  let definition: Stmt | null = null;
  r.children((type) => {
    if (type === 'decorator') decorators.push(firstExpr(r) ?? { kind: 'opaque', start: r.start, end: r.end });
    else if (type === 'function_definition') definition = lowerDef(r, decorators, start);
    else if (type === 'class_definition') definition = lowerClass(r, decorators, start);
  });
  return definition;
}

/** @param start where the first decorator stands, if there is one */
function lowerDef(r: Reader, decorators: readonly Expr[], start = r.start): Stmt {
  const { end } = r;
  let name = '';
  let async = false;
  let parameters: readonly Parameter[] = [];
  let body: readonly Stmt[] = [];
  let bodyStart = end;
  r.children((type) => {
    const field = r.field;
    if (type === 'async') async = true;
    else if (field === 'name') name = r.text;
    else if (field === 'parameters') parameters = lowerParameters(r);
    else if (field === 'body') {
      bodyStart = r.start;
      if (!r.deferBodies) body = lowerBlock(r);
    }
  });
  return { kind: 'def', name, async, decorators, parameters, body, bodyStart, start, end };
}

function lowerClass(r: Reader, decorators: readonly Expr[], start = r.start): Stmt {
  const { end } = r;
  let name = '';
  let bases: readonly Argument[] = [];
  let body: readonly Stmt[] = [];
  r.children(() => {
    const field = r.field;
    if (field === 'name') name = r.text;
    else if (field === 'superclasses') bases = lowerArguments(r);
    else if (field === 'body') body = lowerBlock(r);
  });
  return { kind: 'class', name, decorators, bases, body, start, end };
}
