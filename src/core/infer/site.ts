import type { Span } from '../lower/ir';

/** A place in a function, or at a file's top level; offsets count from the function's, or the file's, beginning. */
export interface Site extends Span {
  /** Key of the function; of a top level, the key that its file gives an empty one. */
  readonly owner: string;
}
