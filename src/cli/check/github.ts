/** Findings as commands of GitHub's workflows, which show them beside the changed lines. */
import type { InCell } from '../analysis/cells';
import type { FindingRecord } from '../analysis/findingRecord';
import type { Report } from './report';

const COMMANDS = { error: 'error', information: 'warning', hint: 'notice' } as const;

export class GithubReport implements Report {
  file(
    shown: string,
    findings: readonly InCell<FindingRecord>[],
    isShown: (finding: FindingRecord) => boolean,
  ): string {
    return findings
      .filter(isShown)
      .map((each) => command(shown, each))
      .join('');
  }

  end(): string {
    return '';
  }
}

function command(shown: string, finding: InCell<FindingRecord>): string {
  const { line, end_line: endLine, col, end_col: endCol, cell, code, name, message } = finding;
  // A line of a cell is none of its file's.
  const place =
    cell === undefined
      ? // Columns are for places within one line.
        { line, endLine, ...(line === endLine ? { col: col + 1, endColumn: endCol + 1 } : {}) }
      : {};
  const properties = Object.entries({ file: shown, ...place, title: `${code} ${name}` })
    .map(([key, value]) => `${key}=${property(String(value))}`)
    .join(',');
  const text = cell === undefined ? message : `cell ${cell}, line ${line}: ${message}`;
  return `::${COMMANDS[finding.severity]} ${properties}::${data(text)}\n`;
}

/** https://github.com/actions/toolkit: packages/core/src/command.ts */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
