/** Applies fixes to a file, analyses it again, and so on until nothing is left to apply. */
import { findingsOf, fixesTogether, fixOf } from '../../core';
import type { Chosen, Finding, LeastPromise, RuleView } from '../../core';
import { placeText } from '../analysis/cells';
import { findingRecords } from '../analysis/findingRecord';
import type { Columns, FindingRecord } from '../analysis/findingRecord';
import type { InCell } from '../analysis/cells';
import type { PythonAnalysis, TextAnalysis } from '../analysis/pythonAnalysis';
import type { Draft } from './draft';

/** What came of fixing one file, in memory: plain data. */
export interface Fixing {
  readonly before: Uint8Array;
  readonly after: Uint8Array;
  readonly applied: number;
  /** Findings that remain, and that an unsafe fix would fix. */
  readonly needUnsafe: number;
  /** Fixes that were left out: where they stand, and why. */
  readonly refused: readonly Refused[];
  /** In the fixed text. */
  readonly findings: readonly InCell<FindingRecord>[];
}

export interface Refused {
  readonly line: number;
  readonly col: number;
  readonly cell?: number;
  readonly reason: string;
}

export interface FixingParts {
  readonly analyze: (text: string) => Promise<TextAnalysis>;
  readonly python: PythonAnalysis;
  readonly view: RuleView;
  readonly columns: Columns;
  readonly fix: LeastPromise;
}

/** Each round fixes something in every function in which something can be fixed. */
const MOST_ROUNDS = 50;

interface State {
  readonly draft: Draft;
  readonly findings: readonly Finding[];
}

type Attempt = ({ readonly ok: true } & State) | { readonly ok: false; readonly reason: string };

export async function fixInRounds(draft: Draft, findings: readonly Finding[], parts: FixingParts): Promise<Fixing> {
  const { view, columns, fix } = parts;
  const refused: Refused[] = [];
  /** Fixes that were tried in vain: a place changes with each round, what is said of it does not. */
  const failed = new Set<string>();
  let state: State = { draft, findings };
  let applied = 0;
  const open = (): readonly Finding[] =>
    state.findings.filter((each) => view.isShown(each) && !failed.has(nameOf(each, state)));
  for (let round = 0; round < MOST_ROUNDS; round++) {
    let chosen = fixesTogether(open(), fix);
    if (chosen.length === 0) break;
    for (;;) {
      const attempt = await apply(state, chosen, parts);
      if (attempt.ok) {
        applied += chosen.length;
        state = attempt;
        break;
      }
      const [first] = chosen;
      if (first && chosen.length === 1) {
        failed.add(nameOf(first.finding, state));
        const [record] = findingRecords([first.finding], state.draft, columns);
        if (record) refused.push({ ...record, reason: `the fix of ${record.code} is left out: ${attempt.reason}` });
        break;
      }
      chosen = chosen.slice(0, Math.ceil(chosen.length / 2));
    }
  }
  const left = open().filter((each) => fixOf(each, 'safe') === null && fixOf(each, 'unsafe') !== null);
  return {
    ...{ before: draft.bytes, after: state.draft.bytes, applied, refused },
    needUnsafe: fix === 'unsafe' ? 0 : left.length,
    findings: findingRecords(state.findings, state.draft, columns),
  };
}

async function apply(
  state: State,
  chosen: readonly Chosen[],
  { analyze, python, view }: FixingParts,
): Promise<Attempt> {
  const draft = state.draft.edited(chosen);
  if (!draft) return { ok: false, reason: 'it cannot be written into this file' };
  const result = await analyze(draft.text);
  if (result.kind === 'unfit') return { ok: false, reason: `the fixed code ${result.reason}` };
  if (python.errorsIn(draft.text) > python.errorsIn(state.draft.text)) {
    return { ok: false, reason: 'the fixed code would not parse' };
  }
  return { ok: true, draft, findings: view.of(result.kind === 'analysis' ? findingsOf(result.analysis) : []) };
}

function nameOf({ code, message, start, end }: Finding, { draft }: State): string {
  return [code, message, draft.text.slice(start, end)].join('\0');
}

/** Such as `model.py:12:9: the fix of MM101 is left out: ...`. */
export function refusedText(shown: string, refused: Refused): string {
  return `${placeText(shown, refused)}: ${refused.reason}`;
}
