/** The port through which the sources of other files arrive. Editor and command line implement it. */
import type { Place } from './place';

export interface SourceFile extends Place {
  readonly text: string;
}

export interface SourceHost {
  /**
   * The source of a module.
   * @param module dotted name, without leading dots
   * @param from id of the file that imports it
   * @returns null where there is none, or none in Python
   */
  find(module: string, from: string): Promise<SourceFile | null>;
}
