/** Lowers what the grammar has for annotations alone, to the forms that the same text has as an expression. */
import type { Expr } from './ir';
import type { Reader } from './reader';

type Lower = (r: Reader) => Expr;

/** `Optional[Tensor]`, unless a dotted name stands before the bracket. */
export function lowerGeneric(r: Reader, lower: Lower): Expr {
  const { start, end } = r;
  let object: Expr | null = null;
  const index: Expr[] = [];
  r.children((type) => {
    if (type === 'type_parameter') {
      r.children(() => {
        if (r.named) index.push(lower(r));
      });
    } else if (r.named) object = lower(r);
  });
  return object ? { kind: 'subscript', object, index, start, end } : { kind: 'opaque', start, end };
}

/** `Optional[Tensor] | None` */
export function lowerUnion(r: Reader, lower: Lower): Expr {
  const { start, end } = r;
  const [left, right] = children(r, lower);
  return left && right ? { kind: 'binary', operator: '|', left, right, start, end } : { kind: 'opaque', start, end };
}

/** `"batch": 3` between brackets */
export function lowerConstrained(r: Reader, ofPart: Lower): Expr {
  const { start, end } = r;
  const [lower, upper] = children(r, ofPart);
  return lower && upper ? { kind: 'slice', lower, upper, step: null, start, end } : { kind: 'opaque', start, end };
}

function children(r: Reader, lower: Lower): readonly Expr[] {
  const found: Expr[] = [];
  r.children(() => {
    if (r.named) found.push(lower(r));
  });
  return found;
}
