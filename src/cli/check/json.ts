/** Findings as one JSON list, those that only a lightbulb offers among them. */
import type { InCell } from '../analysis/cells';
import type { FindingRecord } from '../analysis/findingRecord';
import type { Report } from './report';

export class JsonReport implements Report {
  private readonly all: object[] = [];

  file(shown: string, findings: readonly InCell<FindingRecord>[]): string {
    for (const finding of findings) this.all.push({ file: shown, ...finding });
    return '';
  }

  end(): string {
    return `${JSON.stringify(this.all, null, 2)}\n`;
  }
}
