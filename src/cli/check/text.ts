/** Findings for people: one line each, fixes below. */
import { filesText } from '../analysis/analyzeFiles';
import { placeText } from '../analysis/cells';
import type { InCell } from '../analysis/cells';
import type { FindingRecord } from '../analysis/findingRecord';
import { printable } from '../terminal';
import type { Paint } from '../terminal';

const LOOKS = { hint: 'cyan', information: 'yellow', error: 'red' } as const;

export class CheckText {
  private shown = 0;
  private offered = 0;

  constructor(private readonly paint: Paint) {}

  /**
   * Such as `model.py:12:9: MM101 message`.
   * @param offered how many more an editor offers in its lightbulb
   */
  findings(file: string, findings: readonly InCell<FindingRecord>[], offered: number): string {
    this.shown += findings.length;
    this.offered += offered;
    return findings.map((each) => this.finding(file, each)).join('');
  }

  summary(files: number): string {
    const found = this.shown === 0 ? 'Nothing found' : `Found ${this.shown}`;
    const more = this.offered === 0 ? '' : ` (${this.offered} more that an editor offers: --format json)`;
    return `${found} in ${filesText(files)}${more}.\n`;
  }

  private finding(file: string, finding: InCell<FindingRecord>): string {
    const { code, severity, message, fixes, related } = finding;
    const place = this.paint('bold', placeText(printable(file), finding));
    const label = this.paint(LOOKS[severity], severity === 'error' ? `${code} error` : code);
    const lines = [`${place}: ${label} ${message}`];
    for (const other of related) {
      const where = this.paint('dim', `${placeText(printable(file), other)}:`);
      lines.push(`    ${where} ${other.message}`);
    }
    for (const fix of fixes) lines.push(`    ${this.paint('dim', `fix (${fix.applicability}):`)} ${fix.title}`);
    return `${lines.join('\n')}\n`;
  }
}
