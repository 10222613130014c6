/** What is raced: a function of a document, found again in the document's newest version. */
import * as vscode from 'vscode';
import type { RaceSubject } from '../../core';
import type { Analysis } from '../analysis/analysis';
import type { AnalysisService } from '../analysis/analysisService';
import { lineOf } from '../analysis/ranges';
import { bodyDigest } from '../analysis/snapshot';
import type { Snapshot } from '../analysis/snapshot';

export interface RaceTarget {
  readonly uri: vscode.Uri;
  readonly qualname: string;
}

export interface Located {
  readonly target: RaceTarget;
  readonly document: vscode.TextDocument;
  readonly analysis: Analysis;
  readonly subject: RaceSubject;
  /** Of the function's present code. */
  readonly digest: string;
}

export type Location =
  | { readonly kind: 'located'; readonly located: Located }
  /** One sentence for the reader. */
  | { readonly kind: 'gone'; readonly message: string };

export async function locate(target: RaceTarget, analyses: AnalysisService): Promise<Location> {
  const { qualname } = target;
  // Another cell of a notebook may define the same name.
  const named = ({ subjects }: Snapshot, { core, file }: Analysis): RaceSubject | null =>
    subjects.find((each) => each.qualname === qualname) ?? core.subjectNamed(file, qualname);
  return find(target.uri, analyses, named, qualname);
}

/** The innermost function around a line that can be raced. */
export async function locateAt(uri: vscode.Uri, line: number, analyses: AnalysisService): Promise<Location> {
  return find(
    uri,
    analyses,
    (snapshot, { core, file }) => core.subjectAtLine(file, lineOf(snapshot, line) + 1),
    'a function with matrix products here',
  );
}

async function find(
  uri: vscode.Uri,
  analyses: AnalysisService,
  choose: (snapshot: Snapshot, analysis: Analysis) => RaceSubject | null,
  wanted: string,
): Promise<Location> {
  const document = await openDocument(uri);
  if (!document) return { kind: 'gone', message: `${uri.path} cannot be opened any more.` };
  const snapshot = await analyses.upToDate(document);
  if (!snapshot?.analysis) return { kind: 'gone', message: `Nothing to race was found in ${baseName(uri)}.` };
  const subject = choose(snapshot, snapshot.analysis);
  if (!subject) return { kind: 'gone', message: `There is no ${wanted} in ${baseName(uri)} that can be raced.` };
  const target = { uri, qualname: subject.qualname };
  const digest = bodyDigest(snapshot, subject);
  return { kind: 'located', located: { target, document, analysis: snapshot.analysis, subject, digest } };
}

async function openDocument(uri: vscode.Uri): Promise<vscode.TextDocument | null> {
  try {
    return await vscode.workspace.openTextDocument(uri);
  } catch {
    // Deleted, renamed, or an untitled document of an earlier session.
    return null;
  }
}

export function baseName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
