/** Operators: Python's words are mostly the same in both libraries; what differs is what they may be used on. */
import type { BinaryExpr, BooleanExpr, CompareExpr, ConditionalExpr, Expr, UnaryExpr } from '../lower/ir';
import { BOOL, isScalar, isStatic, join, manyOf, present, sequenceKnown, STATIC, tensorKnown } from './known';
import type { Elements, Known, Term } from './known';
import { narrowed } from './narrowing';
import { binary } from './python';
import type { Translator } from './translator';

export function translateBinary(t: Translator, expr: BinaryExpr): Term {
  return combine(t, expr, expr.operator, t.expr(expr.left), t.expr(expr.right), expr.left, expr.right);
}

/** `left operator right`, for binary operators and augmented assignments. */
export function combine(
  t: Translator,
  at: Expr | { readonly start: number; readonly end: number },
  operator: string,
  left: Term,
  right: Term,
  leftExpr: Expr,
  rightExpr: Expr,
): Term {
  const code = binary(left.code, operator, right.code);
  const a = present(left.known);
  const b = present(right.known);
  if (a.kind === 'refused') return left;
  if (b.kind === 'refused') return right;
  if (a.kind === 'none' || b.kind === 'none') return t.refuse(at, `\`${operator}\` on None`);
  if (operator === '@') {
    t.asTensor(leftExpr, a);
    t.asTensor(rightExpr, b);
    return { code, known: tensorKnown({ elements: elementsOf(a, b), dtype: dtypeOf(a, b) }) };
  }
  if (a.kind === 'tensor' || b.kind === 'tensor') {
    for (const each of [a, b]) {
      if (each.kind === 'sequence' || each.kind === 'dict' || each.kind === 'module')
        return t.refuse(
          at,
          `\`${operator}\` between a tensor and a ${each.kind === 'sequence' ? each.form : each.kind}`,
        );
    }
    const rank = a.kind === 'tensor' && isScalar(b) ? a.rank : b.kind === 'tensor' && isScalar(a) ? b.rank : null;
    const elements = operator === '/' ? 'float' : elementsOf(a, b);
    return { code, known: tensorKnown({ elements, rank, dtype: dtypeOf(a, b) }) };
  }
  if (a.kind === 'number' && b.kind === 'number')
    return { code, known: { kind: 'number', value: arithmetic(operator, a.value, b.value) } };
  if (a.kind === 'sequence' && b.kind === 'sequence' && operator === '+' && a.form === b.form) {
    const items = a.items && b.items ? [...a.items, ...b.items] : null;
    return { code, known: items ? sequenceKnown(a.form, items) : manyOf(a.form, join(a.element, b.element)) };
  }
  const repeated = a.kind === 'sequence' ? a : b.kind === 'sequence' ? b : null;
  if (repeated && operator === '*') return { code, known: manyOf(repeated.form, repeated.element) };
  if (isScalar(a) && isScalar(b))
    return { code, known: a.kind === 'text' || b.kind === 'text' ? { kind: 'text', value: null } : STATIC };
  if (a.kind === 'unknown' || b.kind === 'unknown') return { code, known: { kind: 'unknown' } };
  return t.refuse(at, `\`${operator}\` on these values is not translated`);
}

function elementsOf(a: Known, b: Known): Elements | null {
  const of = (known: Known): Elements | null => (known.kind === 'tensor' ? known.elements : null);
  const [one, other] = [of(a), of(b)];
  if (one === 'complex' || other === 'complex') return 'complex';
  if (one === 'float' || other === 'float') return 'float';
  if (one !== null && one === other) return one;
  return null;
}

/** Python numbers leave a tensor's dtype alone. */
function dtypeOf(a: Known, b: Known): string | null {
  if (a.kind === 'tensor' && b.kind === 'tensor') return a.dtype === b.dtype ? a.dtype : null;
  if (a.kind === 'tensor' && isScalar(b)) return a.dtype;
  return b.kind === 'tensor' && isScalar(a) ? b.dtype : null;
}

/** The value of constants; null where one is not known. */
function arithmetic(operator: string, a: number | null, b: number | null): number | null {
  if (a === null || b === null) return null;
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? null : a / b;
    case '//':
      return b === 0 ? null : Math.floor(a / b);
    case '%':
      return b === 0 ? null : ((a % b) + b) % b;
    case '**':
      return a ** b;
    default:
      return null;
  }
}

export function translateUnary(t: Translator, expr: UnaryExpr): Term {
  const operand = t.expr(expr.operand);
  const code = { kind: 'unary', operator: expr.operator, operand: operand.code } as const;
  const known = present(operand.known);
  if (known.kind === 'refused') return operand;
  if (expr.operator === 'not') {
    if (!decidable(t, operand.known)) return refuseTruth(t, expr.operand);
    return {
      code,
      known: { kind: 'bool', value: known.kind === 'bool' && known.value !== null ? !known.value : null },
    };
  }
  if (known.kind === 'number')
    return {
      code,
      known: { kind: 'number', value: known.value !== null && expr.operator === '-' ? -known.value : null },
    };
  if (known.kind === 'tensor') return { code, known: { ...known, roots: [] } };
  return { code, known: known.kind === 'unknown' || isScalar(known) ? known : { kind: 'unknown' } };
}

/** Whether Python can take the truth of a value while the program is traced. */
export function decidable(_t: Translator, known: Known): boolean {
  return isStatic(known) || known.kind === 'dict';
}

/** The truth of a tensor is data: under `jax.jit` no Python statement can branch on it. */
export function refuseTruth(t: Translator, at: Expr): Term {
  const source = t.source(at);
  return t.refuse(
    at,
    `the truth of \`${source}\` may depend on a tensor's values, and Python cannot branch on those under jax.jit`,
    'use torch.where, or annotate the parameter as bool or int if it is a plain Python value',
  );
}

export function translateBoolean(t: Translator, expr: BooleanExpr): Term {
  const left = t.expr(expr.left);
  if (left.known.kind === 'refused') return left;
  if (!decidable(t, left.known)) return refuseTruth(t, expr.left);
  const right = narrowed(t, expr.left, expr.operator === 'and', () => t.expr(expr.right));
  if (right.known.kind === 'refused') return right;
  const code = { kind: 'boolean', operator: expr.operator, left: left.code, right: right.code } as const;
  const a = left.known;
  const b = right.known;
  if (a.kind === 'bool' && b.kind === 'bool') {
    const [x, y] = [a.value, b.value];
    const decisive = expr.operator === 'or';
    const value = x === decisive || y === decisive ? decisive : x === null || y === null ? null : !decisive;
    return { code, known: { kind: 'bool', value } };
  }
  // `x or default`: None and zero give way.
  if (a.kind === 'none') return { code, known: expr.operator === 'or' ? b : a };
  return { code, known: join(expr.operator === 'or' ? present(a) : a, b) };
}

export function translateCompare(t: Translator, expr: CompareExpr): Term {
  const operands = expr.operands.map((each) => t.expr(each));
  const refused = operands.find((each) => each.known.kind === 'refused');
  if (refused) return refused;
  const code = { kind: 'compare', operators: expr.operators, operands: operands.map((each) => each.code) } as const;
  const identity = expr.operators.every((each) => /^is\b/.test(each));
  if (identity) {
    const [subject, object] = operands;
    const none = object?.known.kind === 'none';
    if (!none)
      return operands.every((each) => isStatic(each.known))
        ? { code, known: BOOL }
        : t.refuse(expr, '`is` between values is not translated');
    const value = subject?.known.kind === 'none' ? true : subject && certainlyPresent(subject.known) ? false : null;
    return { code, known: { kind: 'bool', value: value === null ? null : value === (expr.operators[0] === 'is') } };
  }
  const known = operands.map((each) => present(each.known));
  if (expr.operators.some((each) => /\bin\b/.test(each)))
    return known.every(isStatic) ? { code, known: BOOL } : t.refuse(expr, '`in` on tensors compares their values');
  if (known.some((each) => each.kind === 'tensor')) {
    if (operands.some((each) => each.known.kind === 'none'))
      return t.refuse(expr, 'a tensor is compared with None', 'use `is None`');
    if (expr.operands.length > 2)
      return t.refuse(expr, 'a chained comparison takes the truth of tensors', 'write two comparisons joined by `&`');
    return { code, known: tensorKnown({ elements: 'bool' }) };
  }
  if (known.some((each) => each.kind === 'unknown')) return { code, known: { kind: 'unknown' } };
  const [a, b] = known;
  const value =
    operands.length === 2 && a && b ? compareConstants(expr.operators[0] ?? '', constantOf(a), constantOf(b)) : null;
  return { code, known: { kind: 'bool', value } };
}

function certainlyPresent(known: Known): boolean {
  return !['none', 'optional', 'unknown', 'static', 'refused'].includes(known.kind);
}

function constantOf(known: Known): number | string | boolean | null {
  return known.kind === 'number' || known.kind === 'text' || known.kind === 'bool' ? known.value : null;
}

function compareConstants(
  operator: string,
  a: number | string | boolean | null,
  b: number | string | boolean | null,
): boolean | null {
  if (a === null || b === null) return null;
  switch (operator) {
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    default:
      return null;
  }
}

export function translateConditional(t: Translator, expr: ConditionalExpr): Term {
  const test = t.expr(expr.test);
  if (test.known.kind === 'refused') return test;
  const decided = t.program.decided(t, test);
  if (decided !== null) return narrowed(t, expr.test, decided, () => t.expr(decided ? expr.body : expr.orelse));
  if (!decidable(t, test.known)) return refuseTruth(t, expr.test);
  const body = narrowed(t, expr.test, true, () => t.expr(expr.body));
  const orelse = narrowed(t, expr.test, false, () => t.expr(expr.orelse));
  return {
    code: { kind: 'conditional', body: body.code, test: test.code, orelse: orelse.code },
    known: join(body.known, orelse.known),
  };
}
