/** Findings for people: one line each, fixes below. */
import { filesText } from '../analysis/analyzeFiles';
import { placeText } from '../analysis/cells';
import type { InCell } from '../analysis/cells';
import type { FindingRecord } from '../analysis/findingRecord';
import { printable } from '../terminal';
import type { Paint } from '../terminal';
import type { Report } from './report';

const LOOKS = { hint: 'cyan', information: 'yellow', error: 'red' } as const;

export class TextReport implements Report {
  private shown = 0;
  /** What an editor offers in its lightbulb. */
  private offered = 0;

  constructor(private readonly paint: Paint) {}

  /** Lines such as `model.py:12:9: MM101 message`. */
  file(
    shown: string,
    findings: readonly InCell<FindingRecord>[],
    isShown: (finding: FindingRecord) => boolean,
  ): string {
    const told = findings.filter(isShown);
    this.shown += told.length;
    this.offered += findings.length - told.length;
    return told.map((each) => this.finding(shown, each)).join('');
  }

  end(files: number): string {
    if (files === 0) return '';
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
