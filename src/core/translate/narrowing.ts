/** What a test says of the variables in it: on either branch they are known better. */
import type { Expr } from '../lower/ir';
import { present } from './known';
import type { Translator } from './translator';

/** Runs `translate` where `test` is known to be true, or false; afterwards the variables are as before. */
export function narrowed<T>(t: Translator, test: Expr, outcome: boolean, translate: () => T): T {
  const before = new Map(t.variables);
  narrow(t, test, outcome);
  try {
    return translate();
  } finally {
    t.variables = before;
  }
}

/** From here on `test` is known to be true, or false. */
export function narrow(t: Translator, test: Expr, outcome: boolean): void {
  if (test.kind === 'unary' && test.operator === 'not') return narrow(t, test.operand, !outcome);
  if (test.kind === 'boolean') {
    // Both parts of a true `and` are true; both of a false `or` are false.
    if ((test.operator === 'and') !== outcome) return;
    narrow(t, test.left, outcome);
    narrow(t, test.right, outcome);
    return;
  }
  if (test.kind !== 'compare' || test.operands.length !== 2) return;
  const [subject, object] = test.operands;
  if (subject?.kind !== 'name' || object?.kind !== 'constant' || object.value !== 'None') return;
  const variable = t.variables.get(subject.name);
  if (!variable) return;
  const isNone = (test.operators[0] === 'is' || test.operators[0] === '==') === outcome;
  t.variables.set(subject.name, { ...variable, known: isNone ? { kind: 'none' } : present(variable.known) });
}
