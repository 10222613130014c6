/** Documents of the tests, and what the extension shows of them, asked through VS Code's own commands. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';

const DEADLINE_MS = 20_000;
const POLL_MS = 25;

/** A loop of which MM101 says something; a race of it is offered where races are. */
export const LOOP = `import torch

# shape: a=f32[8, 16, 16], b=f32[8, 16, 16]
def pairwise(a, b):
    products = []
    for i in range(a.shape[0]):
        products.append(a[i] @ b[i])
    return torch.stack(products)
`;

/** A file of the opened folder, which is a copy of `examples`. */
export async function openExample(name: string): Promise<vscode.TextDocument> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert(folder, 'no folder is open');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, name));
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  return document;
}

export async function openText(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content });
  await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
  return document;
}

/** Asks again until the answer pleases. Fails with the last answer after 20 s. */
export async function eventually<T>(ask: () => T | PromiseLike<T>, pleases: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (pleases(answer)) return answer;
    if (performance.now() > deadline) assert.fail(`not in time; last: ${JSON.stringify(answer, null, 2)}`);
    await sleep(POLL_MS);
  }
}

export interface Lens {
  readonly line: number;
  readonly title: string;
  readonly command: vscode.Command;
}

export async function lensesOf(document: vscode.TextDocument): Promise<Lens[]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    1000,
  );
  return all.flatMap(({ command, range }) =>
    command?.command.startsWith('matmulLens.') ? [{ line: range.start.line, title: command.title, command }] : [],
  );
}

export async function lensTitles(document: vscode.TextDocument): Promise<string[]> {
  return (await lensesOf(document)).map(({ title }) => title);
}

/** The text of all hovers at a place. */
export async function hoverAt(document: vscode.TextDocument, at: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, at);
  return hovers
    .flatMap(({ contents }) => contents)
    .map((each) => (typeof each === 'string' ? each : each.value))
    .join('\n');
}

/** Ours alone. */
export function diagnosticsOf(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Matmul Lens');
}

/** The code of a diagnostic, such as `MM101`. */
export function codeOf({ code }: vscode.Diagnostic): string {
  assert(typeof code === 'object', 'the code has no link');
  return String(code.value);
}

export async function actionsAt(
  document: vscode.TextDocument,
  range: vscode.Range | vscode.Position,
  kind?: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  const at = range instanceof vscode.Position ? new vscode.Range(range, range) : range;
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    at,
    kind?.value,
    100,
  );
}

/** Where a text first stands. */
export function rangeOfText(document: vscode.TextDocument, text: string): vscode.Range {
  const start = document.getText().indexOf(text);
  assert(start >= 0, `${text} is not there`);
  return new vscode.Range(document.positionAt(start), document.positionAt(start + text.length));
}

/** Applies an action as the lightbulb does. */
export async function apply(action: vscode.CodeAction): Promise<void> {
  if (action.edit) assert(await vscode.workspace.applyEdit(action.edit), `${action.title} could not be applied`);
  if (action.command) await run(action.command);
}

export async function run(command: vscode.Command): Promise<void> {
  await vscode.commands.executeCommand(command.command, ...((command.arguments ?? []) as unknown[]));
}

/** Sets one of our settings for the folder; `undefined` takes it away again. */
export async function setSetting(name: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration('matmulLens');
  await configuration.update(name, value, vscode.ConfigurationTarget.Workspace);
}
