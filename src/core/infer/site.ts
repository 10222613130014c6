import type { Span } from '../lower/ir';

/** A place in code, which stays right when an edit moves that: `FileModel.originOf` gives what its offsets count from. */
export interface Site extends Span {
  /** Key of the function that it is part of, or what names the top level before or between functions. */
  readonly owner: string;
}
