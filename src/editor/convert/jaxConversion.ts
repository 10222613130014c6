/** *Convert to JAX*: the translation as a comparison beside the source, then where the reader wants it. */
import * as vscode from 'vscode';
import type { RaceSubject, Refusal } from '../../core';
import { literalText } from '../../protocol';
import type { AnalysisService } from '../analysis/analysisService';
import { definitionOf } from '../analysis/raceDigest';
import { placeOf, rangeOf } from '../analysis/ranges';
import type { Snapshot } from '../analysis/snapshot';
import { reveal } from '../reveal';
import { PREVIEWS } from '../virtualDocuments';
import type { VirtualDocuments } from '../virtualDocuments';
import { BESIDE } from './previews';

/** A translation that is on show, by the address of its preview. */
interface Converted {
  readonly uri: vscode.Uri;
  readonly qualname: string;
  readonly source: string;
}

export class JaxConversions implements vscode.Disposable {
  private readonly shown = new Map<string, Converted>();
  private readonly closing: vscode.Disposable;

  constructor(
    private readonly analyses: AnalysisService,
    private readonly documents: VirtualDocuments,
  ) {
    this.closing = vscode.workspace.onDidCloseTextDocument(({ uri }) => this.shown.delete(uri.toString()));
  }

  async convert(uri: vscode.Uri, qualname: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(uri);
    const snapshot = await this.analyses.upToDate(document);
    const { analysis } = snapshot ?? {};
    // A translation may need any function of the file; what is shown while typing reads fewer. A cell knows nothing
    // of what those below it define anew.
    const whole = snapshot ? (await this.analyses.analyzeTexts())(snapshot.text.slice(0, snapshot.part.end)) : null;
    const conversion = analysis && whole ? analysis.core.convertToJax(whole, qualname) : null;
    if (!snapshot || !conversion) {
      void vscode.window.showErrorMessage(
        vscode.l10n.t('There is no {0} that could be converted.', literalText(qualname)),
      );
      return;
    }
    if (!conversion.ok) {
      refuse(snapshot, qualname, conversion.refusals);
      return;
    }
    const before = this.documents.put(PREVIEWS, `${qualname}/PyTorch.py`, definition(snapshot, qualname));
    const after = this.documents.put(PREVIEWS, `${qualname}/JAX.py`, withNotes(conversion));
    this.shown.set(after.toString(), { uri, qualname, source: withNotes(conversion) });
    const title = vscode.l10n.t('{0}: PyTorch ↔ JAX', qualname);
    await vscode.commands.executeCommand('vscode.diff', before, after, title, BESIDE);
  }

  async insertBelow(preview: vscode.Uri): Promise<void> {
    const converted = this.kept(preview);
    if (!converted) return;
    const document = await vscode.workspace.openTextDocument(converted.uri);
    const snapshot = await this.analyses.upToDate(document);
    const subject = snapshot ? subjectOf(snapshot, converted.qualname) : null;
    const end =
      subject && snapshot ? rangeOf(snapshot, subject.body).end : document.lineAt(document.lineCount - 1).range.end;
    // Top level code cannot stand inside of a class: it goes behind the whole definition around it.
    const line = endOfTopLevel(document, end.line);
    const at = document.lineAt(line).range.end;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, at, `\n\n\n${converted.source.trimEnd()}\n`);
    await vscode.workspace.applyEdit(edit);
    await reveal(document, new vscode.Range(line + 3, 0, line + 3, 0), vscode.ViewColumn.One);
  }

  async saveAsNewFile(preview: vscode.Uri): Promise<void> {
    const converted = this.kept(preview);
    if (!converted) return;
    const document = await vscode.workspace.openTextDocument({ language: 'python', content: converted.source });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  }

  async copy(preview: vscode.Uri): Promise<void> {
    const converted = this.kept(preview);
    if (converted) await vscode.env.clipboard.writeText(converted.source);
  }

  /** Null, and said, for a preview that was restored after a reload: what it showed was not kept. */
  private kept(preview: vscode.Uri): Converted | null {
    const converted = this.shown.get(preview.toString());
    if (converted) return converted;
    void vscode.window.showInformationMessage(
      vscode.l10n.t('This conversion is no longer kept. Convert the function to JAX again.'),
    );
    return null;
  }

  dispose(): void {
    this.closing.dispose();
    this.shown.clear();
  }
}

function withNotes(conversion: { readonly source: string; readonly notes: readonly string[] }): string {
  const notes = conversion.notes.flatMap((note) => note.split('\n').map((line) => `# ${line}`));
  return notes.length === 0 ? conversion.source : `${notes.join('\n')}\n${conversion.source}`;
}

function subjectOf({ analysis, subjects }: Snapshot, qualname: string): RaceSubject | null {
  const own = subjects.find((each) => each.qualname === qualname);
  return own ?? analysis?.core.subjectNamed(analysis.file, qualname) ?? null;
}

function definition(snapshot: Snapshot, qualname: string): string {
  const subject = subjectOf(snapshot, qualname);
  if (!subject || !snapshot.analysis) return '';
  const { start, end } = definitionOf(snapshot.analysis.file, subject);
  return `${snapshot.text.slice(start, end)}\n`;
}

/** The last line of the top-level statement that this line belongs to. */
function endOfTopLevel(document: vscode.TextDocument, line: number): number {
  let end = line;
  for (let next = line + 1; next < document.lineCount; next++) {
    const { text } = document.lineAt(next);
    if (/^\s*(#|$)/.test(text)) continue;
    if (!/^\s/.test(text)) break;
    end = next;
  }
  return end;
}

function refuse(snapshot: Snapshot, qualname: string, refusals: readonly Refusal[]): void {
  const [first] = refusals;
  if (!first) return;
  const { document, range } = placeOf(snapshot, first);
  const text = literalText(
    vscode.l10n.t('{0} cannot be converted to JAX: {1} (line {2}).', qualname, first.reason, range.start.line + 1),
  );
  const show = vscode.l10n.t('Show Line');
  void vscode.window
    .showWarningMessage(first.wayOut === null ? text : `${text} ${literalText(first.wayOut)}`, show)
    .then(async (answer) => {
      if (answer !== show) return;
      await reveal(document, range, undefined);
    });
}
