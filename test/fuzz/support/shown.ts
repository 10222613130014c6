/** Everything that is shown of a file. */
import {
  equivalentsAt,
  explainAt,
  findingsOf,
  operationRecords,
  raceSubjects,
  shapeLabels,
  suppressionEdit,
} from '../../../src/core';
import type { Edit, FileAnalysis, Finding, Span } from '../../../src/core';

/** As text, for comparing. */
export function shown(analysis: FileAnalysis): string {
  return JSON.stringify({
    operations: operationRecords(analysis),
    findings: findingsOf(analysis),
    typed: findingsOf(analysis, false),
    subjects: raceSubjects(analysis),
    labels: shapeLabels(analysis),
    explained: placesOf(analysis).map((each) => explainAt(analysis, each)),
  });
}

/** Asks for everything and says what is wrong with the places that come back. */
export function wrongPlaces(analysis: FileAnalysis): readonly string[] {
  const { text } = analysis.session.file;
  const wrong: string[] = [];
  const check = (what: string, { start, end }: Span): void => {
    const inside = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start <= end && end <= text.length;
    if (!inside) wrong.push(`${what}: ${start} to ${end} of ${text.length}`);
    else if (splits(text, start) || splits(text, end)) wrong.push(`${what}: ${start} to ${end} splits a character`);
  };
  const checkEdits = (what: string, edits: readonly Edit[]): void => {
    for (const each of edits) check(what, each);
    const sorted = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
    sorted.forEach((each, at) => {
      if (each.start < (sorted[at - 1]?.end ?? 0)) wrong.push(`${what}: edits overlap at ${each.start}`);
    });
  };
  const { file } = analysis.session;
  for (const each of analysis.functions) {
    const origin = file.originOf(each.key);
    for (const operation of each.operations) {
      const place = { start: operation.start + origin, end: operation.end + origin };
      check(operation.kind, place);
      for (const { expr } of operation.operands)
        if (expr && (expr.start < operation.start || expr.end > operation.end))
          wrong.push(`${operation.kind}: an operand outside of it`);
    }
  }
  for (const finding of findingsOf(analysis)) checkFinding(finding);
  for (const finding of findingsOf(analysis, false)) checkFinding(finding);
  for (const subject of raceSubjects(analysis)) {
    check(`lens of ${subject.qualname}`, subject);
    check(`body of ${subject.qualname}`, subject.body);
  }
  for (const { at, label } of shapeLabels(analysis)) check(`label ${label}`, { start: at, end: at });
  for (const each of operationRecords(analysis)) {
    const ordered = each.line < each.end_line || (each.line === each.end_line && each.col <= each.end_col);
    if (each.line < 1 || each.col < 0 || !ordered || each.end_line > file.lines.lineCount)
      wrong.push(`record of ${each.op}: ${each.line}:${each.col} to ${each.end_line}:${each.end_col}`);
  }
  for (const offset of placesOf(analysis)) {
    const explained = explainAt(analysis, offset);
    if (explained) check('hover', explained);
    for (const each of equivalentsAt(analysis, offset)) checkEdits(each.title, each.fix?.edits ?? []);
  }
  return wrong;

  function checkFinding(finding: Finding): void {
    check(finding.code, finding);
    for (const fix of finding.fixes) checkEdits(`${finding.code}, ${fix.title}`, fix.edits);
    checkEdits(`comment for ${finding.code}`, [suppressionEdit(analysis, finding)]);
  }
}

/** A few places, and some where operations stand. */
function placesOf({ session, functions }: FileAnalysis): readonly number[] {
  const { file } = session;
  const operations = functions.flatMap((each) =>
    each.operations.slice(0, 3).map((operation) => operation.start + file.originOf(each.key)),
  );
  return [0, file.text.length >> 1, file.text.length, ...operations.slice(0, 8)];
}

function splits(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1);
  const after = text.charCodeAt(at);
  return before >= 0xd800 && before < 0xdc00 && after >= 0xdc00 && after < 0xe000;
}
