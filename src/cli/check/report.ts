/** The port of the formats in which findings are told. */
import type { InCell } from '../analysis/cells';
import type { FindingRecord } from '../analysis/findingRecord';

export interface Report {
  /**
   * @param findings of the rules that are on
   * @param isShown whether one is told without being asked for
   * @returns what is printed at once
   */
  file(shown: string, findings: readonly InCell<FindingRecord>[], isShown: (finding: FindingRecord) => boolean): string;
  /** What is printed at last. */
  end(files: number): string;
}
