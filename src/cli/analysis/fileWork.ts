/** What is done with each file: plain values in and out, so that a thread can do it. */
import { findingsOf, joinCells, operationRecords, readNotebook } from '../../core';
import type { OperationRecord } from '../../core';
import { isNotebook, readSource } from '../../desktop/files/source';
import type { Source } from '../../desktop/files/source';
import { placingIn, unplaced } from './cells';
import type { InCell, Placing } from './cells';
import { findingRecords } from './findingRecord';
import type { FindingRecord } from './findingRecord';
import type { PythonAnalysis } from './pythonAnalysis';

export type Task = 'operations' | 'findings';

export interface FileToRead {
  readonly path: string;
  /** As people know it. */
  readonly shown: string;
  /** What was read already, from standard input. */
  readonly text?: string;
}

export type FileResult =
  | { readonly kind: 'operations'; readonly operations: readonly InCell<OperationRecord>[] }
  | { readonly kind: 'findings'; readonly findings: readonly InCell<FindingRecord>[] }
  /** Continues a sentence that begins with the file's name. `isBug`: it is our fault. */
  | { readonly kind: 'skipped'; readonly reason: string; readonly isBug: boolean };

export async function workOn(file: FileToRead, task: Task, python: PythonAnalysis): Promise<FileResult> {
  const source = read(file);
  if (!source.ok) return { kind: 'skipped', reason: source.reason, isBug: false };
  try {
    const result = file.text === undefined ? await python.ofFile(source.text, file.path) : python.of(source.text);
    if (result.kind === 'unfit') return { kind: 'skipped', reason: result.reason, isBug: false };
    if (task === 'operations') {
      const operations = result.kind === 'analysis' ? operationRecords(result.analysis) : [];
      return { kind: task, operations: operations.map((each) => source.placing(each)) };
    }
    const findings = result.kind === 'analysis' ? findingsOf(result.analysis) : [];
    return { kind: task, findings: findingRecords(findings, source.text, source.placing) };
  } catch (error) {
    // One file that meets a bug of ours must not keep the others from being looked at.
    const reason = `met a bug of Matmul Lens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { kind: 'skipped', reason, isBug: true };
  }
}

type Readable = Extract<Source, { ok: true }> & { readonly placing: Placing };

/** A Python source, or the cells of a notebook as one. */
function read({ path, text }: FileToRead): Readable | Extract<Source, { ok: false }> {
  if (text !== undefined) return { ok: true, text, placing: unplaced };
  const source = readSource(path);
  if (!source.ok) return source;
  if (!isNotebook(path)) return { ...source, placing: unplaced };
  const notebook = readNotebook(source.text);
  if (!notebook.ok) return notebook;
  const program = joinCells(notebook.cells);
  return { ok: true, text: program.text, placing: placingIn(program) };
}
