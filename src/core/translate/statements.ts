/** Statements of a function's body. */
import type { AugmentStmt, Expr, ForStmt, IfStmt, Stmt } from '../lower/ir';
import { commentsBefore, docstringOf, trailingComment } from './comments';
import { bindTarget, elementOf, unlisted } from './iteration';
import { join, present, rootsOf } from './known';
import type { Known } from './known';
import { childOf, commonChild } from './moduleParts';
import { intoPlace, keepsDtype } from './inPlace';
import { isWeighted } from './modules/call';
import { narrow } from './narrowing';
import { combine, decidable, refuseTruth } from './operators';
import { integer, literal, name as nameOf } from './python';
import { returnedTerm } from './returned';
import type { Py, PyStatement } from './python';
import { assignSubscript, augmentSubscript, inPlaceCall } from './updates';
import type { Translator, Variable } from './translator';

/** What running a block comes to: whether control can reach what follows it. */
export interface Block {
  readonly statements: readonly PyStatement[];
  readonly ends: boolean;
}

/** The translated statements of a block, its comments kept. */
export function translateBlock(t: Translator, statements: readonly Stmt[], returned: Known[]): Block {
  const written: PyStatement[] = [];
  let ends = false;
  for (const [at, statement] of statements.entries()) {
    if (ends) break;
    if (at === 0) {
      const doc = docstringOf(t, statement);
      if (doc) {
        written.push({ kind: 'docstring', lines: doc });
        continue;
      }
    }
    for (const text of commentsBefore(t, statement)) written.push({ kind: 'comment', text, trailing: false });
    const block = t.step(statement, () => translateStatement(t, statement, returned)) ?? NOTHING;
    written.push(...block.statements);
    const trailing = trailingComment(t, statement);
    if (trailing !== null && block.statements.length === 1)
      written.push({ kind: 'comment', text: trailing, trailing: true });
    ends = block.ends;
  }
  return { statements: written, ends };
}

const one = (statement: PyStatement): Block => ({ statements: [statement], ends: false });
const NOTHING: Block = { statements: [], ends: false };

function translateStatement(t: Translator, statement: Stmt, returned: Known[]): Block {
  switch (statement.kind) {
    case 'expr':
      return translateExpressionStatement(t, statement.value);
    case 'assign':
      return translateAssignment(t, statement.targets, statement.value);
    case 'augment':
      return translateAugment(t, statement);
    case 'return': {
      if (!statement.value) {
        returned.push({ kind: 'none' });
        return { statements: [{ kind: 'return', value: null }], ends: true };
      }
      const term = returnedTerm(t, statement.value);
      returned.push(term.known);
      return { statements: [{ kind: 'return', value: term.code }], ends: true };
    }
    case 'if':
      return translateIf(t, statement, returned);
    case 'for':
      return translateFor(t, statement, returned);
    case 'while': {
      if (statement.orelse.length > 0) return refused(t, statement, '`else` of a loop is not translated');
      const block = loop(t, returned, () => {
        const test = t.expr(statement.test);
        if (test.known.kind !== 'refused' && !decidable(t, test.known)) refuseTruth(t, statement.test);
        const body = translateBlock(t, statement.body, returned);
        return { kind: 'while', test: test.code, body: body.statements };
      });
      t.note('Python loops are unrolled when jax.jit traces them.');
      return one(block);
    }
    case 'assert': {
      const [test] = statement.values;
      if (!test) return NOTHING;
      const known = t.expr(test);
      if (known.known.kind !== 'refused' && !decidable(t, known.known)) refuseTruth(t, test);
      const values = statement.values.map((each) => t.expr(each).code);
      narrow(t, test, true);
      return one({ kind: 'assert', values });
    }
    case 'raise': {
      const values = statement.values.map((each) => t.expr(each).code);
      return { statements: [{ kind: 'raise', values }], ends: true };
    }
    case 'def':
      return translateNested(t, statement);
    case 'pass':
      return one({ kind: 'pass' });
    case 'break':
    case 'continue':
      return one({ kind: statement.kind });
    case 'with': {
      for (const { context, target } of statement.items) {
        const called = context.kind === 'call' ? context.callee : context;
        const source = t.source(called);
        if (
          target ||
          !/(?:^|\.)(?:no_grad|inference_mode|set_grad_enabled|autocast|enable_grad|record_function)$/.test(source)
        )
          return refused(t, statement, `\`with ${source}\` is not translated`);
        if (source.includes('autocast'))
          return refused(
            t,
            statement,
            'autocast chooses dtypes while the program runs',
            'convert the dtypes explicitly',
          );
        if (/no_grad|inference_mode|set_grad/.test(source))
          return refused(t, statement, `\`with ${source}\` stops gradients`, 'use .detach() on the results');
      }
      return translateBlock(t, statement.body, returned);
    }
    case 'import':
      for (const each of statement.imports) {
        const path = each.name === null ? each.module : `${each.module}.${each.name}`;
        t.variables.set(each.bound, {
          known: { kind: 'qualified', name: each.name === null && !each.aliased ? each.bound : path },
          code: nameOf(each.bound),
          shared: false,
        });
      }
      return NOTHING;
    case 'delete':
      return NOTHING;
    case 'try':
      return refused(t, statement, '`try` cannot catch what happens when a traced program runs');
    case 'match':
      return refused(t, statement, '`match` is not translated', 'use if and elif');
    case 'global':
    case 'nonlocal':
      return refused(
        t,
        statement,
        `\`${statement.kind}\` changes state outside the function, which happens only while jax.jit traces`,
        'return the value',
      );
    case 'class':
      return refused(t, statement, 'a class inside a function is not translated');
    case 'opaque':
      return refused(t, statement, 'this statement cannot be read');
  }
}

function refused(t: Translator, at: Stmt, reason: string, wayOut: string | null = null): Block {
  // A statement may be long: its first line is the place.
  const length = t.source(at).indexOf('\n');
  t.refuse(length < 0 ? at : { start: at.start, end: at.start + length }, reason, wayOut);
  return NOTHING;
}

function translateExpressionStatement(t: Translator, value: Expr): Block {
  if (value.kind === 'string') return NOTHING;
  const update = value.kind === 'call' ? inPlaceCall(t, value) : null;
  if (update) return one(update);
  const term = t.expr(value);
  return term.known.kind === 'refused' ? NOTHING : one({ kind: 'expression', value: term.code });
}

function translateAssignment(t: Translator, targets: readonly Expr[], value: Expr | null): Block {
  if (!value) return NOTHING;
  const [target, second] = targets;
  if (!target) return NOTHING;
  if (!second && target.kind === 'subscript') return one(assignSubscript(t, target, value));
  const term = t.expr(value);
  for (const each of targets) {
    if (each.kind === 'subscript' || each.kind === 'attribute') {
      t.refuse(
        each,
        each.kind === 'attribute'
          ? `\`${t.source(each)}\` is state that outlives the call`
          : 'this assignment is not translated',
        each.kind === 'attribute' ? 'return the value instead' : null,
      );
      return NOTHING;
    }
  }
  if (term.known.kind === 'refused') {
    for (const each of targets) bindTarget(t, each, term.known);
    return NOTHING;
  }
  // A function or module gets a second name, which is written where it is used.
  if (!second && target.kind === 'name' && isNameable(term.known)) {
    t.variables.set(target.name, { known: term.known, code: term.code, shared: false });
    return NOTHING;
  }
  if (second) t.share(term.known);
  const written = targets.map((each) => bindTarget(t, each, term.known));
  if (second) for (const each of targets) if (each.kind === 'name') markShared(t, each.name);
  const [only] = written;
  if (!second && only?.kind === 'name' && term.code.kind === 'name' && only.name === term.code.name) return NOTHING;
  return one({ kind: 'assign', targets: written, value: only?.kind === 'tuple' ? unlisted(term.code) : term.code });
}

function isNameable(known: Known): boolean {
  return ['qualified', 'function', 'class', 'module', 'device', 'super'].includes(known.kind);
}

function markShared(t: Translator, name: string): void {
  const variable = t.variables.get(name);
  if (variable) t.variables.set(name, { ...variable, shared: true });
}

function translateAugment(t: Translator, statement: AugmentStmt): Block {
  const { target, operator, value } = statement;
  if (target.kind === 'subscript') return one(augmentSubscript(t, target, operator, value, statement));
  if (target.kind !== 'name') {
    t.refuse(target, `\`${t.source(target)}\` is state that outlives the call`, 'return the value instead');
    return NOTHING;
  }
  const left = t.expr(target);
  const right = t.expr(value);
  if (left.known.kind === 'refused' || right.known.kind === 'refused') return NOTHING;
  const known = present(left.known);
  const mutable =
    known.kind === 'tensor' || known.kind === 'unknown' || (known.kind === 'sequence' && known.form === 'list');
  if (mutable && !t.owns(target.name)) {
    t.refuse(
      statement,
      `\`${operator}=\` changes \`${target.name}\` in place, and its memory may be that of an argument, a weight or another variable`,
      `write \`${target.name} = ${target.name} ${operator} ...\``,
    );
    return NOTHING;
  }
  const result = combine(t, statement, operator, left, right, target, value);
  if (result.known.kind === 'refused') return NOTHING;
  if (keepsDtype(known, right.known)) {
    t.bind(target.name, result.known);
    return one({ kind: 'augment', target: nameOf(target.name), operator, value: right.code });
  }
  const cast = intoPlace(left, result);
  t.bind(target.name, cast.known);
  return one({ kind: 'assign', targets: [nameOf(target.name)], value: cast.code });
}

function translateIf(t: Translator, statement: IfStmt, returned: Known[]): Block {
  const test = t.expr(statement.test);
  if (test.known.kind === 'refused') return NOTHING;
  const decided = t.program.decided(t, test);
  if (decided !== null) {
    narrow(t, statement.test, decided);
    return translateBlock(t, decided ? statement.body : statement.orelse, returned);
  }
  if (!decidable(t, test.known)) {
    refuseTruth(t, statement.test);
    return NOTHING;
  }
  const before = new Map(t.variables);
  narrow(t, statement.test, true);
  const body = translateBlock(t, statement.body, returned);
  const after = t.variables;
  t.variables = new Map(before);
  narrow(t, statement.test, false);
  const orelse = translateBlock(t, statement.orelse, returned);
  if (body.ends && !orelse.ends) {
    // What follows runs only where the test failed: what that says still holds.
  } else t.variables = orelse.ends ? after : merged(after, t.variables);
  return {
    statements: [{ kind: 'if', test: test.code, body: body.statements, orelse: orelse.statements }],
    ends: body.ends && orelse.ends && statement.orelse.length > 0,
  };
}

/** Variables where two paths meet. */
export function merged(a: ReadonlyMap<string, Variable>, b: ReadonlyMap<string, Variable>): Map<string, Variable> {
  const all = new Map(a);
  for (const [name, variable] of b) {
    const other = a.get(name);
    all.set(
      name,
      other
        ? { known: join(other.known, variable.known), code: variable.code, shared: other.shared || variable.shared }
        : variable,
    );
  }
  return all;
}

function translateFor(t: Translator, statement: ForStmt, returned: Known[]): Block {
  if (statement.orelse.length > 0) return refused(t, statement, '`else` of a loop is not translated');
  const iterable = t.expr(statement.iterable);
  if (iterable.known.kind === 'refused') return NOTHING;
  const known = present(iterable.known);
  if (known.kind === 'module') return overModules(t, statement, known, iterable.code, returned);
  const element = elementOf(known);
  const unweighted = everyModule(element).some((each) => !isWeighted(t, each.shape));
  if (unweighted)
    return refused(t, statement, 'how many modules this loop visits is not known: they have no weights to count');
  if (everyModule(element).length > 0) t.usesParams = true;
  const block = loop(t, returned, () => {
    const target = bindTarget(t, statement.target, element);
    const body = translateBlock(t, statement.body, returned);
    return { kind: 'for', target, iterable: unlisted(iterable.code), body: body.statements };
  });
  if (known.kind !== 'sequence' || known.items === null) t.note('Python loops are unrolled when jax.jit traces them.');
  return one(block);
}

function everyModule(known: Known): readonly (Known & { kind: 'module' })[] {
  if (known.kind === 'module') return [known];
  return known.kind === 'sequence' && known.items ? known.items.flatMap(everyModule) : [];
}

/** A loop over a container of modules; written out where the modules differ or have no weights to go through. */
function overModules(
  t: Translator,
  statement: ForStmt,
  module: Known & { kind: 'module' },
  code: Py,
  returned: Known[],
): Block {
  const { shape } = module;
  if (shape.kind !== 'stack') return refused(t, statement, 'a loop over these modules is not translated');
  const common = commonChild(module);
  if (common && (common.kind === 'weight' || (common.kind === 'module' && isWeighted(t, common.shape)))) {
    t.usesParams = true;
    const element = childOf(module, null, integer(0)) ?? common;
    return one(
      loop(t, returned, () => {
        const target = bindTarget(t, statement.target, element);
        const body = translateBlock(t, statement.body, returned);
        return { kind: 'for', target, iterable: code, body: body.statements };
      }),
    );
  }
  if (!shape.items || statement.target.kind !== 'name')
    return refused(t, statement, 'how many modules this loop visits is not known');
  if (/\b(?:break|continue)\b/.test(t.source(statement)))
    return refused(t, statement, 'a loop over different modules is not translated with break or continue');
  t.program.config.assumeCount(module.path, shape.items.length);
  const written: PyStatement[] = [];
  for (const at of shape.items.keys()) {
    const child = childOf(module, at, integer(at));
    if (!child) return refused(t, statement, 'a loop over these modules is not translated');
    t.variables.set(statement.target.name, {
      known: child,
      code: child.kind === 'module' && child.params ? child.params : literal('None'),
      shared: false,
    });
    written.push(...translateBlock(t, statement.body, returned).statements);
  }
  return { statements: written, ends: false };
}

/** A loop's body sees what its earlier rounds left: it is run twice without being kept, then for good. */
function loop(t: Translator, returned: Known[], translate: () => PyStatement): PyStatement {
  const before = new Map(t.variables);
  const length = returned.length;
  for (let round = 0; round < 2; round++) {
    t.tentatively(translate);
    returned.length = length;
    t.variables = merged(before, t.variables);
  }
  const entry = new Map(t.variables);
  const block = translate();
  t.variables = merged(entry, t.variables);
  return block;
}

function translateNested(t: Translator, def: Stmt & { kind: 'def' }): Block {
  if (def.async || def.decorators.length > 0) return refused(t, def, 'this nested function is not translated');
  const kinds = def.parameters.some((each) => each.form === '*' || each.form === '**');
  if (kinds) return refused(t, def, 'collected arguments are not translated');
  const before = new Map(t.variables);
  for (const each of def.parameters) t.bind(each.name, t.program.parameterKnown(t, each));
  const parameters = def.parameters.map((each) => ({
    name: each.name,
    form: formOf(each.form),
    default: each.default ? t.expr(each.default).code : null,
  }));
  const returned: Known[] = [];
  const body = translateBlock(t, def.body, returned);
  t.variables = before;
  const known = returned.length > 0 ? returned.reduce(join) : ({ kind: 'none' } as const);
  t.bind(def.name, {
    kind: 'closure',
    def,
    returns: known.kind === 'tensor' && rootsOf(known).length > 0 ? { ...known, roots: [''] } : known,
  });
  return one({ kind: 'def', name: def.name, parameters, body: body.statements });
}

export function formOf(form: string): 'positional-only' | 'positional' | 'keyword-only' {
  return form === 'positional-only' || form === 'keyword-only' ? form : 'positional';
}
