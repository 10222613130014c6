/** What a function returns. */
import type { Expr } from '../lower/ir';
import { rootsOf } from './known';
import type { Known, Term } from './known';
import { call } from './python';
import type { Translator } from './translator';

/** The value that a function returns; where autograd is off while it runs, without gradients. */
export function returnedTerm(t: Translator, value: Expr): Term {
  const term = t.expr(value);
  if (!t.stopsGradients || term.known.kind === 'refused' || !holdsTensor(term.known)) return term;
  if (rootsOf(term.known).length > 0)
    return t.refuse(
      value,
      'whether this is an argument itself, which keeps its gradient under no_grad, is not known',
      'return a new tensor',
    );
  return { code: call('jax.lax.stop_gradient', [term.code]), known: term.known };
}

function holdsTensor(known: Known): boolean {
  switch (known.kind) {
    case 'tensor':
    case 'unknown':
      return true;
    case 'optional':
      return holdsTensor(known.of);
    case 'sequence':
      return known.items ? known.items.some(holdsTensor) : holdsTensor(known.element);
    case 'dict':
      return holdsTensor(known.element);
    default:
      return false;
  }
}
