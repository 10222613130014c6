/** Which recorded sites are found, and which findings are wrong: columns included, each finding for one site. */
import type { OperationRecord } from '../../../src/core';
import { rangeKey } from './recorded';
import type { Range, RecordedFile, Site } from './recorded';

export interface Finding extends OperationRecord {
  /** Path inside site-packages. */
  readonly file: string;
}

export interface Share {
  readonly part: number;
  readonly whole: number;
}

export interface Score {
  /** Of the sites of each kind, those that are found. */
  readonly recall: ReadonlyMap<string, Share>;
  readonly coreRecall: Share;
  /** Mean recall of the packages that have at least `FEW` core sites. */
  readonly packagesRecall: number;
  /** Of the findings on code that ran, those that are right. */
  readonly precision: Share;
  readonly missed: readonly Site[];
  readonly wrong: readonly Finding[];
}

type Group = 'op' | 'call' | 'ctor' | 'soft';

/** The soft ones run a product inside something else: they are counted apart, and a finding of them is never wrong. */
const GROUPS: Readonly<Record<string, Group>> = {
  op: 'op',
  linear_call: 'call',
  mha_call: 'call',
  bilinear_call: 'call',
  linear_ctor: 'ctor',
  mha_ctor: 'ctor',
  bilinear_ctor: 'ctor',
  container_call: 'soft',
  op_indirect: 'soft',
  linear_like_call: 'soft',
};

/** Products of its linear operators are products of tensors further down, so that they are neither right nor wrong. */
const OF_OPERATORS = new Set(['gpytorch']);

const FEW = 5;

export function score(recorded: ReadonlyMap<string, RecordedFile>, findings: readonly Finding[]): Score {
  const hit = new Set<Site>();
  const wrong: Finding[] = [];
  let right = 0;
  for (const [path, own] of grouped(findings, (each) => each.file)) {
    const file = recorded.get(path);
    if (!file) continue;
    const judged = judge(file, own.filter(isScored));
    for (const each of judged.hit) hit.add(each);
    wrong.push(...judged.wrong);
    right += judged.right;
  }
  const sites = [...recorded.values()].flatMap((each) => each.sites);
  const share = (of: readonly Site[]): Share => ({ part: of.filter((each) => hit.has(each)).length, whole: of.length });
  const core = sites.filter((each) => groupOf(each) !== 'soft');
  const packages = [...grouped(core, (each) => each.package).values()].filter((each) => each.length >= FEW);
  return {
    recall: new Map([...grouped(sites, (each) => each.kind)].map(([kind, of]) => [kind, share(of)])),
    coreRecall: share(core),
    packagesRecall: packages.map(share).reduce((sum, each) => sum + each.part / each.whole, 0) / packages.length,
    precision: { part: right, whole: right + wrong.length },
    missed: core.filter((each) => !hit.has(each)),
    wrong,
  };
}

/** Recurrent layers were not recorded. */
function isScored({ framework, kind }: Finding): boolean {
  return framework === 'torch' && !kind.startsWith('rnn');
}

function groupOf({ kind }: { readonly kind: string }): Group {
  return GROUPS[kind] ?? 'op';
}

function judge(
  file: RecordedFile,
  findings: readonly Finding[],
): { readonly hit: ReadonlySet<Site>; readonly right: number; readonly wrong: readonly Finding[] } {
  const hit = new Set<Site>();
  const taken = new Set<Site>();
  const wrong: Finding[] = [];
  let right = 0;
  const ran = new Set(file.calls.map(rangeKey));
  const distinct = new Map(findings.map((each) => [`${rangeKey(each)} ${groupOf(each)}`, each]));
  // Narrow findings first: each takes the narrowest site that is free.
  for (const each of [...distinct.values()].sort(byWidth)) {
    const group = groupOf(each);
    const candidates = file.sites.filter((site) => [group, 'soft'].includes(groupOf(site)));
    const [best] = candidates
      .filter((site) => lies(each, site, ran))
      .sort(
        (a, b) =>
          Number(!sameEnd(each, a)) - Number(!sameEnd(each, b)) ||
          Number(taken.has(a)) - Number(taken.has(b)) ||
          Number(groupOf(a) !== group) - Number(groupOf(b) !== group) ||
          byWidth(a, b),
      );
    if (best) {
      right++;
      // One range may be recorded under several kinds.
      for (const site of candidates.filter((other) => rangeKey(other) === rangeKey(best))) {
        taken.add(site);
        if (groupOf(site) === group || group === 'call') hit.add(site);
      }
    } else if (group !== 'soft' && !(group === 'op' && OF_OPERATORS.has(file.package)) && file.calls.some(isOf(each)))
      wrong.push(each);
  }
  return { hit, right, wrong };
}

/** Whether a finding is one of a site, which may begin earlier: Python begins a chained call at its attribute's line. */
function lies(finding: Finding, site: Site, ran: ReadonlySet<string>): boolean {
  // A finding that is exactly one call that ran is no other one.
  if (ran.has(rangeKey(finding)) && rangeKey(site) !== rangeKey(finding)) return false;
  const begins = !isBefore(finding, site) && isBefore(finding, { line: site.end_line, col: site.end_col });
  if (!begins) return sameEnd(finding, site);
  return !isBefore({ line: site.end_line, col: site.end_col }, { line: finding.end_line, col: finding.end_col });
}

/** Whether a call that ran is the one that a finding speaks of. */
function isOf(finding: Finding): (call: Range) => boolean {
  return (call) =>
    sameEnd(finding, call) ||
    (call.line === finding.line &&
      call.col === finding.col &&
      !isBefore({ line: call.end_line, col: call.end_col }, { line: finding.end_line, col: finding.end_col }));
}

function sameEnd(a: Range, b: Range): boolean {
  return a.end_line === b.end_line && a.end_col === b.end_col;
}

interface Position {
  readonly line: number;
  readonly col: number;
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.col < b.col);
}

function byWidth(a: Range, b: Range): number {
  return a.end_line - a.line - (b.end_line - b.line) || a.end_col - a.col - (b.end_col - b.col);
}

function grouped<T>(all: readonly T[], keyOf: (each: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group) group.push(each);
    else groups.set(keyOf(each), [each]);
  }
  return groups;
}
