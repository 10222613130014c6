/**
 * jaxtyping's dimensions, as in `Float[Tensor, "*batch seq 768"]`:
 *
 *     dimensions = { dimension }                       separated by spaces; none: a scalar
 *     dimension  = "..." | { "*" | "#" | "_" | "?" } [ name "=" ] size
 *     size       = number | name | expression
 *
 * `...` and `*` stand for any number of dimensions, `_` for one that nothing is said of. One marked with `#` may be 1
 * instead, and what an expression such as `dim-1` or `(h w)` comes to is not computed: neither size is known.
 */
import { constantAt, symbol } from '../dims';
import type { Shape, Size } from '../shapes';
import type { Site } from '../site';
import { axesShape } from './axes';

/** A dimension; brackets hold together what stands in them. */
const DIMENSION = /(?:\([^()]*\)|[^\s()])+/g;

/**
 * @param owner key of the function of which the names are sizes
 * @param site where it is written
 * @returns null where it does not follow the grammar
 */
export function jaxtypingShape(text: string, owner: string, site: Site): Shape | null {
  if (text.includes(',')) return null;
  return axesShape([...text.matchAll(DIMENSION)].map(([each]) => axisOf(each, owner, site)));
}

function axisOf(text: string, owner: string, site: Site): Size | 'any number' {
  if (text === '...') return 'any number';
  const [, marks = '', rest = ''] = /^([*#_?]*)(.*)$/s.exec(text) ?? [];
  if (marks.includes('*')) return 'any number';
  const size = rest.replace(/^[A-Za-z]\w*=(?!=)/, '');
  if (/[#_]/.test(marks)) return null;
  if (/^\d+$/.test(size)) return constantAt(Number(size), site);
  return /^[A-Za-z]\w*$/.test(size) ? symbol(`${owner}:~${size}`, size) : null;
}
