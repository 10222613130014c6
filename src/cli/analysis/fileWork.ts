/** What is done with each file: plain values in and out, so that a thread can do it. */
import { findingsOf, operationRecords } from '../../core';
import type { OperationRecord } from '../../core';
import { readSource } from '../../desktop/files/source';
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
  | { readonly kind: 'operations'; readonly operations: readonly OperationRecord[] }
  | { readonly kind: 'findings'; readonly findings: readonly FindingRecord[] }
  /** Continues a sentence that begins with the file's name. `isBug`: it is our fault. */
  | { readonly kind: 'skipped'; readonly reason: string; readonly isBug: boolean };

export async function workOn(file: FileToRead, task: Task, python: PythonAnalysis): Promise<FileResult> {
  const source = file.text === undefined ? readSource(file.path) : ({ ok: true, text: file.text } as const);
  if (!source.ok) return { kind: 'skipped', reason: source.reason, isBug: false };
  try {
    const result = file.text === undefined ? await python.ofFile(source.text, file.path) : python.of(source.text);
    if (result.kind === 'unfit') return { kind: 'skipped', reason: result.reason, isBug: false };
    if (task === 'operations') {
      return { kind: task, operations: result.kind === 'analysis' ? operationRecords(result.analysis) : [] };
    }
    const findings = result.kind === 'analysis' ? findingsOf(result.analysis) : [];
    return { kind: task, findings: findingRecords(findings, source.text) };
  } catch (error) {
    // One file that meets a bug of ours must not keep the others from being looked at.
    const reason = `met a bug of Matmul Lens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    return { kind: 'skipped', reason, isBug: true };
  }
}
