/** Findings as SARIF 2.1.0 (OASIS), for code scanning. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { documentationPath, RULES } from '../../core';
import type { RuleMetadata } from '../../core';
import type { InCell } from '../analysis/cells';
import type { FindingRecord, FixRecord } from '../analysis/findingRecord';
import type { Report } from './report';

const LEVELS = { error: 'error', information: 'warning', hint: 'note' } as const;

interface Range {
  readonly line: number;
  readonly col: number;
  readonly end_line: number;
  readonly end_col: number;
}

export class SarifReport implements Report {
  private readonly results: object[] = [];

  constructor(private readonly version: string) {}

  file(
    shown: string,
    findings: readonly InCell<FindingRecord>[],
    isShown: (finding: FindingRecord) => boolean,
  ): string {
    for (const each of findings.filter(isShown)) this.results.push(resultOf(shown, each));
    return '';
  }

  end(): string {
    const driver = { name: 'Matmul Lens', version: this.version, rules: RULES.map(ruleOf) };
    const run = { tool: { driver }, columnKind: 'utf16CodeUnits', results: this.results };
    const log = {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [run],
    };
    return `${JSON.stringify(log, null, 2)}\n`;
  }
}

function ruleOf({ code, name, summary, severity, docs }: RuleMetadata): object {
  return {
    id: code,
    name,
    shortDescription: { text: summary },
    fullDescription: { text: docs.finds },
    help: { text: docs.why, markdown: docs.why },
    helpUri: documentationPath(code),
    defaultConfiguration: { level: LEVELS[severity] },
  };
}

function resultOf(shown: string, finding: InCell<FindingRecord>): object {
  const { code, severity, cell, line, message, fixes, related } = finding;
  const located = {
    ruleId: code,
    ruleIndex: RULES.findIndex((each) => each.code === code),
    level: LEVELS[severity],
  };
  const artifactLocation = { uri: uriOf(shown) };
  if (cell !== undefined) {
    // A line of a cell is none of its file's.
    const logicalLocations = [{ name: `cell ${cell}`, kind: 'member' }];
    return {
      ...located,
      message: { text: `cell ${cell}, line ${line}: ${message}` },
      locations: [{ physicalLocation: { artifactLocation }, logicalLocations }],
    };
  }
  const placed = (range: Range) => ({ physicalLocation: { artifactLocation, region: regionOf(range) } });
  const edited = fixes.filter(({ edits }) => edits.length > 0);
  return {
    ...located,
    message: { text: message },
    locations: [placed(finding)],
    ...(related.length === 0
      ? {}
      : { relatedLocations: related.map((each) => ({ ...placed(each), message: { text: each.message } })) }),
    ...(edited.length === 0 ? {} : { fixes: edited.map((each) => fixOf(each, artifactLocation)) }),
  };
}

function fixOf({ title, applicability, edits }: FixRecord, artifactLocation: object): object {
  return {
    description: { text: applicability === 'safe' ? title : `${title} (${applicability})` },
    artifactChanges: [
      {
        artifactLocation,
        replacements: edits.map((each) => ({
          deletedRegion: regionOf(each),
          insertedContent: { text: each.new_text },
        })),
      },
    ],
  };
}

function regionOf({ line, col, end_line: endLine, end_col: endCol }: Range): object {
  return { startLine: line, startColumn: col + 1, endLine, endColumn: endCol + 1 };
}

/** Relative to the folder in which the command ran, unless it was named otherwise. */
function uriOf(shown: string): string {
  if (path.isAbsolute(shown)) return pathToFileURL(shown).href;
  return shown.split(path.sep).map(encodeURIComponent).join('/');
}
