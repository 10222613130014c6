/** What the `pyproject.toml` above a file says of the rules; where it cannot be understood, that is marked in it. */
import * as vscode from 'vscode';
import type { FoundRules, ProjectRuleFinder, RuleLayer } from '../../core';
import { SOURCE } from '../hints/source';
import { loadCore } from './analysis';
import { uriOf } from './otherSources';

export class ProjectRules implements vscode.Disposable {
  private finder: Promise<ProjectRuleFinder> | null = null;
  private readonly problems = vscode.languages.createDiagnosticCollection('matmulLens.configuration');
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly watcher = vscode.workspace.createFileSystemWatcher('**/pyproject.toml');
  private readonly subscriptions: readonly vscode.Disposable[];

  /** What was said before may no longer hold. */
  readonly onDidChange = this.changed.event;

  constructor() {
    const forget = (): void => {
      this.finder = null;
      this.problems.clear();
      this.changed.fire();
    };
    this.subscriptions = [
      this.watcher.onDidChange(forget),
      this.watcher.onDidCreate(forget),
      this.watcher.onDidDelete(forget),
    ];
  }

  /** @param id of a file, as core names it */
  async of(id: string): Promise<RuleLayer | null> {
    this.finder ??= loadCore().then((core) => new core.ProjectRuleFinder({ read }));
    const found = await (await this.finder).of(id);
    if (found) this.tell(found);
    return found?.layer ?? null;
  }

  dispose(): void {
    for (const each of [...this.subscriptions, this.watcher, this.problems, this.changed]) each.dispose();
  }

  private tell({ file, problems }: FoundRules): void {
    const diagnostics = problems.map(({ line, message }) => {
      const range = new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
      const diagnostic = new vscode.Diagnostic(range, message, vscode.DiagnosticSeverity.Warning);
      diagnostic.source = SOURCE;
      return diagnostic;
    });
    this.problems.set(uriOf(file), diagnostics);
  }
}

/** What the disk holds: while the file is being typed in, the project goes on as it was. */
async function read(id: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uriOf(id)));
  } catch {
    return null;
  }
}
