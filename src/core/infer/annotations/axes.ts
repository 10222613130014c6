/** Written dimensions, of which one may stand for any number of them. */
import { shapeOf } from '../shapes';
import type { Shape, Size } from '../shapes';

/** @returns null where two of them stand for any number: nobody can tell where the one ends */
export function axesShape(axes: readonly (Size | 'any number')[]): Shape | null {
  const sizes = axes.filter((each) => each !== 'any number');
  if (axes.length === sizes.length) return shapeOf(sizes);
  if (axes.length > sizes.length + 1) return null;
  // A shape counts from its end where its rank is open: what stands before is lost.
  return { open: true, dims: sizes.slice(axes.indexOf('any number')) };
}
