/** The grammar binds the star of a lone `[*f(x)]` to `f` alone; Python binds it to the whole. */
import type { Expr } from './ir';

/** An item of a list, tuple or set with its star where it belongs. */
export function withStarOutside(item: Expr): Expr {
  const plain = withoutInnerStar(item);
  return plain ? { kind: 'starred', value: plain, start: item.start, end: item.end } : item;
}

/** Null where the leftmost part has no star. */
function withoutInnerStar(expr: Expr): Expr | null {
  switch (expr.kind) {
    case 'call': {
      const callee = innermost(expr.callee);
      return callee && { ...expr, callee };
    }
    case 'attribute':
    case 'subscript': {
      const object = innermost(expr.object);
      return object && { ...expr, object };
    }
    case 'binary': {
      const left = innermost(expr.left);
      return left && { ...expr, left };
    }
    default:
      return null;
  }
}

function innermost(expr: Expr): Expr | null {
  return expr.kind === 'starred' ? expr.value : withoutInnerStar(expr);
}
