/** What a test tells of a value on the way where it is passed, and on the other. */
import type { CompareExpr, Expr } from '../../lower/ir';
import { atRank } from '../shapes';
import { optionsOf } from '../values';
import type { Value } from '../values';
import { ancestryOf } from './classes';
import type { Evaluator } from './evaluator';
import { rankOfValue } from './ranks';

/** What holds on one of the ways behind a test, in the variables that are in sight. */
export function narrow(ev: Evaluator, test: Expr, passed: boolean): void {
  if (test.kind === 'unary' && test.operator === 'not') narrow(ev, test.operand, !passed);
  else if (test.kind === 'boolean' && (test.operator === 'and') === passed) {
    narrow(ev, test.left, passed);
    narrow(ev, test.right, passed);
  } else if (test.kind === 'compare') narrowRank(ev, test, passed);
  else narrowClass(ev, test, passed);
}

/** `x.dim() == 4`, `x.ndim != 4`, `len(x.shape) == 4` */
function narrowRank(ev: Evaluator, { operands, operators }: CompareExpr, passed: boolean): void {
  const [asked, number, more] = operands;
  const [operator] = operators;
  if (!asked || number?.kind !== 'number' || more || (operator !== '==' && operator !== '!=')) return;
  const subject = whoseRank(asked);
  if (subject?.kind !== 'name' || (operator === '==') !== passed) return;
  const value = ev.frame.get(subject.name);
  if (value?.kind !== 'tensor' && (value?.kind !== 'unknown' || value.parameter === undefined)) return;
  const { framework } = ev.options;
  if (framework === null || (value.kind === 'tensor' && !value.shape.open)) return;
  ev.noteRank(rankOfValue(ev, value), number.value);
  const seen = ev.asTensor(value, framework);
  ev.frame.refine(value, { ...seen, shape: atRank(seen.shape, number.value) });
}

/** Of which value an expression asks the number of dimensions. */
function whoseRank(expr: Expr): Expr | null {
  if (expr.kind === 'attribute') return expr.name === 'ndim' ? expr.object : null;
  if (expr.kind !== 'call') return null;
  const { callee, args } = expr;
  if (callee.kind === 'attribute') return /^(?:dim|ndimension)$/.test(callee.name) ? callee.object : null;
  const sizes = callee.kind === 'name' && callee.name === 'len' ? args[0]?.value : null;
  if (sizes?.kind === 'attribute' && sizes.name === 'shape') return sizes.object;
  const isSize = sizes?.kind === 'call' && sizes.args.length === 0 && sizes.callee.kind === 'attribute';
  return isSize && sizes.callee.kind === 'attribute' && sizes.callee.name === 'size' ? sizes.callee.object : null;
}

/** `isinstance(x, C)` and `isinstance(self.x, C)`: of several things that a value may be, those of the class are left. */
function narrowClass(ev: Evaluator, test: Expr, passed: boolean): void {
  if (test.kind !== 'call' || test.callee.kind !== 'name' || test.callee.name !== 'isinstance') return;
  const [subject, type] = test.args.map((each) => each.value);
  if (!subject || !type || type.kind === 'tuple') return;
  ev.silent++;
  const value = ev.evaluate(subject);
  const wanted = ev.evaluate(type);
  ev.silent--;
  const options = optionsOf(value);
  if (options.length < 2 || (wanted.kind !== 'qualified' && wanted.kind !== 'class')) return;
  const left = options.filter((each) => {
    const is = isOf(ev, each, wanted);
    return is === null || is === passed;
  });
  const [only, more] = left;
  if (!only || left.length === options.length) return;
  const narrowed: Value = more ? { kind: 'union', options: left } : only;
  if (subject.kind === 'name') ev.frame.set(subject.name, narrowed);
  else if (subject.kind === 'attribute' && subject.object.kind === 'name' && subject.object.name === 'self')
    ev.frame.setAttribute(subject.name, narrowed);
}

/** Null where it cannot be told. */
function isOf(ev: Evaluator, value: Value, type: Value): boolean | null {
  if (value.kind === 'module') return type.kind === 'qualified' && value.type === type.name;
  if (value.kind === 'instance') {
    const { known, unknown } = ancestryOf(ev, value.key);
    if (type.kind === 'class') return known.includes(type.key);
    return type.kind === 'qualified' ? unknown.includes(type.name) || (unknown.length === 0 ? false : null) : null;
  }
  return null;
}
