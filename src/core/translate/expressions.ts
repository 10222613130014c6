/** Expressions: one place for each form of the lowered grammar. */
import type { ComprehensionExpr, Expr, LambdaExpr, StringExpr } from '../lower/ir';
import { translateAttribute } from './attributes';
import { translateCall } from './calls';
import { bindTarget, elementOf } from './iteration';
import { join, manyOf, rootsOf, sequenceKnown, TEXT, UNKNOWN } from './known';
import type { Known, Term } from './known';
import { translateName } from './names';
import { translateBinary, translateBoolean, translateCompare, translateConditional, translateUnary } from './operators';
import { literal } from './python';
import type { PyClause } from './python';
import { translateSubscript } from './subscripts';
import type { Translator } from './translator';

export function translateExpr(t: Translator, expr: Expr): Term {
  switch (expr.kind) {
    case 'name':
      return translateName(t, expr);
    case 'attribute':
      return translateAttribute(t, expr);
    case 'call':
      return translateCall(t, expr);
    case 'subscript':
      return translateSubscript(t, expr);
    case 'binary':
      return translateBinary(t, expr);
    case 'unary':
      return translateUnary(t, expr);
    case 'boolean':
      return translateBoolean(t, expr);
    case 'compare':
      return translateCompare(t, expr);
    case 'conditional':
      return translateConditional(t, expr);
    case 'tuple':
    case 'list':
      return translateSequence(t, expr.kind, expr.items);
    case 'dict':
      return translateDict(t, expr);
    case 'comprehension':
      return translateComprehension(t, expr);
    case 'lambda':
      return translateLambda(t, expr);
    case 'number':
      return { code: literal(numberText(t, expr)), known: { kind: 'number', value: expr.value } };
    case 'string':
      return translateString(t, expr);
    case 'constant':
      return constantTerm(expr.value);
    case 'starred': {
      const value = t.expr(expr.value);
      return { code: { kind: 'starred', value: value.code }, known: value.known };
    }
    case 'slice': {
      const part = (each: Expr | null) => (each ? t.expr(each).code : null);
      return {
        code: { kind: 'slice', lower: part(expr.lower), upper: part(expr.upper), step: part(expr.step) },
        known: { kind: 'slice' },
      };
    }
    case 'walrus':
      return t.refuse(expr, '`:=` inside an expression is not translated', 'assign in a statement of its own');
    case 'set':
      return t.refuse(expr, 'a set has no fixed order and is no pytree', 'use a tuple');
    case 'await':
    case 'yield':
      return t.refuse(expr, `\`${expr.kind}\` has no equivalent in a function that jax.jit can trace`);
    case 'opaque':
      return t.refuse(expr, 'this code cannot be read');
  }
}

/** Numbers keep their spelling, but for the case of letters, as formatters write them. */
function numberText(t: Translator, expr: Expr): string {
  const text = t.source(expr);
  if (/^0[xX]/.test(text)) return `0x${text.slice(2).toUpperCase()}`;
  const plain = text.toLowerCase();
  // `2.` and `.5` are written with both of their digits.
  return plain.replace(/^\./, '0.').replace(/\.(?=e|$)/, '.0');
}

function constantTerm(value: 'None' | 'True' | 'False' | '...'): Term {
  const code = literal(value);
  if (value === 'None') return { code, known: { kind: 'none' } };
  if (value === '...') return { code, known: { kind: 'slice' } };
  return { code, known: { kind: 'bool', value: value === 'True' } };
}

function translateString(t: Translator, expr: StringExpr): Term {
  const source = t.source(expr);
  if (expr.fields.length === 0 && expr.value !== null) {
    return { code: literal(stringText(source, expr.value)), known: { kind: 'text', value: expr.value } };
  }
  if (expr.fields.length > 0 && /^[fF]("|')(?!\1\1)/.test(source) && !/[{].*["'].*[}]/.test(source)) {
    // The text of an f-string is for people; it is kept where all it shows is static.
    const fields = expr.fields.map((each) => ({ each, term: t.expr(each) }));
    const plain = fields.every(({ each, term }) => term.code.kind === 'name' && each.kind === 'name');
    if (plain) return { code: literal(`f${stringText(source.slice(1), null)}`), known: TEXT };
  }
  return t.refuse(expr, 'this string is not translated');
}

/** Double quotes, where the text has none itself. */
function stringText(source: string, value: string | null): string {
  if (value !== null && !/["\\\n\t]/.test(value)) return `"${value}"`;
  const single = /^'([^'"\\]*)'$/.exec(source);
  return single ? `"${single[1] ?? ''}"` : source;
}

export function translateSequence(t: Translator, form: 'tuple' | 'list', items: readonly Expr[]): Term {
  const terms = items.map((each) => t.expr(each));
  const refused = terms.find((each) => each.known.kind === 'refused');
  if (refused) return refused;
  const code = { kind: form, items: terms.map((each) => each.code) } as const;
  if (!terms.some((each) => each.code.kind === 'starred'))
    return {
      code,
      known: sequenceKnown(
        form,
        terms.map((each) => each.known),
      ),
    };
  const elements = terms.map((each) => (each.code.kind === 'starred' ? elementOf(each.known) : each.known));
  return { code, known: manyOf(form, elements.reduce(join)) };
}

function translateDict(t: Translator, expr: Expr & { kind: 'dict' }): Term {
  const entries = new Map<string, Known>();
  const code: { key: Term['code'] | null; value: Term['code'] }[] = [];
  let complete = true;
  let element: Known | null = null;
  for (const { key, value } of expr.entries) {
    const keyTerm = key ? t.expr(key) : null;
    const term = t.expr(value);
    if (term.known.kind === 'refused') return term;
    if (keyTerm?.known.kind === 'text' && keyTerm.known.value !== null) entries.set(keyTerm.known.value, term.known);
    else complete = false;
    element = element ? join(element, term.known) : term.known;
    code.push({ key: keyTerm?.code ?? null, value: term.code });
  }
  return {
    code: { kind: 'dict', entries: code },
    known: { kind: 'dict', entries: complete ? entries : null, element: element ?? UNKNOWN },
  };
}

function translateComprehension(t: Translator, expr: ComprehensionExpr): Term {
  const before = new Map(t.variables);
  const clauses: PyClause[] = [];
  try {
    for (const clause of expr.clauses) {
      if (clause.kind === 'if') {
        const test = t.expr(clause.test);
        if (test.known.kind === 'refused') return test;
        if (test.known.kind === 'tensor' || test.known.kind === 'unknown')
          return t.refuse(clause.test, 'a comprehension cannot choose by the values of a tensor', 'use torch.where');
        clauses.push({ kind: 'if', test: test.code });
        continue;
      }
      const iterable = t.expr(clause.iterable);
      if (iterable.known.kind === 'refused') return iterable;
      clauses.push({
        kind: 'for',
        target: bindTarget(t, clause.target, elementOf(iterable.known)),
        iterable: iterable.code,
      });
    }
    const element = t.expr(expr.element);
    const value = expr.value ? t.expr(expr.value) : null;
    if (element.known.kind === 'refused') return element;
    if (value?.known.kind === 'refused') return value;
    const code = {
      kind: 'comprehension',
      form: expr.form,
      element: element.code,
      value: value?.code ?? null,
      clauses,
    } as const;
    if (expr.form === 'set') return t.refuse(expr, 'a set has no fixed order and is no pytree', 'use a list');
    t.share(element.known);
    if (value) return { code, known: { kind: 'dict', entries: null, element: value.known } };
    return { code, known: manyOf('list', element.known) };
  } finally {
    // What a comprehension shares stays shared; its own variables end with it.
    for (const [name, variable] of before) {
      const now = t.variables.get(name);
      if (now?.shared && now.code === variable.code) before.set(name, { ...variable, shared: true });
    }
    t.variables = before;
  }
}

function translateLambda(t: Translator, expr: LambdaExpr): Term {
  if (expr.parameters.some((each) => each.form !== 'positional' || each.default))
    return t.refuse(expr, 'a lambda with defaults or collected arguments is not translated');
  const before = new Map(t.variables);
  for (const each of expr.parameters) t.bind(each.name, UNKNOWN);
  const body = t.expr(expr.body);
  t.variables = before;
  if (body.known.kind === 'refused') return body;
  return {
    code: {
      kind: 'lambda',
      parameters: expr.parameters.map((each) => ({ name: each.name, form: 'positional', default: null })),
      body: body.code,
    },
    known: { kind: 'closure', def: asDef(expr), returns: rootsOf(body.known).length > 0 ? UNKNOWN : body.known },
  };
}

function asDef(expr: LambdaExpr) {
  return {
    kind: 'def',
    name: '',
    async: false,
    decorators: [],
    parameters: expr.parameters,
    body: [],
    start: expr.start,
    end: expr.end,
    bodyStart: expr.body.start,
  } as const;
}
