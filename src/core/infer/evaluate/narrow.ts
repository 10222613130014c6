/** What a test tells of a value on the way where it is passed, and on the other. */
import type { Expr } from '../../lower/ir';
import { optionsOf } from '../values';
import type { Value } from '../values';
import { ancestryOf } from './classes';
import type { Evaluator } from './evaluator';

/** `isinstance(x, C)` and `isinstance(self.x, C)`: of several things that a value may be, those of the class are left. */
export function narrow(ev: Evaluator, test: Expr, passed: boolean): void {
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
