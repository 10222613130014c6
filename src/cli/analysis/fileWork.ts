/** What is done with each file: plain values in and out, so that a thread can do it. */
import { findingsOf, operationRecords, RuleView } from '../../core';
import type { LeastPromise, OperationRecord, RuleLayer } from '../../core';
import { isNotebook, readSourceBytes } from '../../desktop/files/source';
import { draftOf } from '../fix/draft';
import { fixInRounds } from '../fix/fixInRounds';
import type { Fixing } from '../fix/fixInRounds';
import type { InCell } from './cells';
import { findingRecords } from './findingRecord';
import type { Columns, FindingRecord } from './findingRecord';
import type { PythonAnalysis } from './pythonAnalysis';

export type Task =
  | { readonly kind: 'operations' }
  | {
      readonly kind: 'findings';
      readonly columns: Columns;
      /** The least that fixes must promise to be applied; null: none is. */
      readonly fix: LeastPromise | null;
    };

export interface FileToRead {
  readonly path: string;
  /** As people know it. */
  readonly shown: string;
  /** What was read already, from standard input. */
  readonly input?: Uint8Array;
  /** What is said of the rules, from the weakest to the strongest. */
  readonly rules?: readonly RuleLayer[];
}

export type FileResult =
  | { readonly kind: 'operations'; readonly operations: readonly InCell<OperationRecord>[] }
  | {
      readonly kind: 'findings';
      /** Of the file as it stands. */
      readonly findings: readonly InCell<FindingRecord>[];
      /** Null where nobody asks for it. */
      readonly fixing: Fixing | null;
    }
  /** Continues a sentence that begins with the file's name. `isBug`: it is our fault. */
  | { readonly kind: 'skipped'; readonly reason: string; readonly isBug: boolean };

export async function workOn(file: FileToRead, task: Task, python: PythonAnalysis): Promise<FileResult> {
  const source = file.input ? ({ ok: true, bytes: file.input } as const) : readSourceBytes(file.path);
  const draft = source.ok ? draftOf(source.bytes, isNotebook(file.path)) : source;
  if (!draft.ok) return { kind: 'skipped', reason: draft.reason, isBug: false };
  const analyze = (text: string) => (file.input ? Promise.resolve(python.of(text)) : python.ofFile(text, file.path));
  try {
    const result = await analyze(draft.text);
    if (result.kind === 'unfit') return { kind: 'skipped', reason: result.reason, isBug: false };
    if (task.kind === 'operations') {
      const operations = result.kind === 'analysis' ? operationRecords(result.analysis) : [];
      return { kind: 'operations', operations: operations.map((each) => draft.placing(each)) };
    }
    const view = new RuleView(file.rules ?? []);
    const found = view.of(result.kind === 'analysis' ? findingsOf(result.analysis) : []);
    const findings = findingRecords(found, draft, task.columns);
    if (task.fix === null) return { kind: 'findings', findings, fixing: null };
    const { columns, fix } = task;
    return {
      kind: 'findings',
      findings,
      fixing: await fixInRounds(draft, found, { analyze, python, view, columns, fix }),
    };
  } catch (error) {
    // One file that meets a bug of ours must not keep the others from being looked at.
    const reason = `met a bug of Matmul Lens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { kind: 'skipped', reason, isBug: true };
  }
}
