/** The results panel: one at a time, beside the editor, which keeps the focus. It draws the stage. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { FromPanel } from '../../protocol';
import type { ToPanel } from '../../protocol';
import type { Log } from '../log';
import type { RaceStage } from '../race/raceStage';
import { PANEL_FOLDERS, panelPage } from './panelPage';

export const PANEL_TYPE = 'matmulLens.results';

export class ResultsPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | null = null;
  private readonly subscriptions: readonly vscode.Disposable[];

  /** @param onIntent what the reader wants; only messages of the protocol's form arrive */
  constructor(
    private readonly extension: vscode.Uri,
    private readonly stage: RaceStage,
    private readonly log: Log,
    private readonly onIntent: (intent: FromPanel) => void,
  ) {
    this.subscriptions = [
      stage.onDidChange(() => {
        if (stage.shown.kind === 'empty') this.refresh();
        else this.open();
      }),
      stage.onDidAdvance((event) => {
        this.post({ type: 'event', event });
      }),
      stage.onDidAge((stale) => {
        this.post({ type: 'stale', stale });
      }),
    ];
  }

  /** Shows the panel with whatever is on the stage. */
  open(): void {
    if (this.panel) this.panel.reveal(undefined, true);
    else {
      this.adopt(
        vscode.window.createWebviewPanel(
          PANEL_TYPE,
          'Matmul Lens',
          { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
          { enableFindWidget: true },
        ),
      );
    }
    this.refresh();
  }

  /** Takes over a panel that VS Code kept through a reload of the window. */
  adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: PANEL_FOLDERS.map((each) => vscode.Uri.joinPath(this.extension, ...each)),
    };
    panel.webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message);
    });
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = null;
    });
    panel.webview.html = panelPage(panel.webview, this.extension);
    this.refresh();
  }

  dispose(): void {
    for (const each of this.subscriptions) each.dispose();
    // The panel itself stays: VS Code restores it after a reload.
  }

  private receive(message: unknown): void {
    const intent = v.safeParse(FromPanel, message);
    if (!intent.success) {
      this.log.warn(`The panel sent what is no intent: ${v.summarize(intent.issues)}`);
      return;
    }
    // A hidden page is thrown away; each time it comes back it asks for everything.
    if (intent.output.type === 'ready') this.post({ type: 'state', state: this.stage.panelState });
    else this.onIntent(intent.output);
  }

  private refresh(): void {
    if (!this.panel) return;
    const { target } = this.stage;
    this.panel.title = target === null ? 'Matmul Lens' : `Race: ${target.qualname}`;
    this.post({ type: 'state', state: this.stage.panelState });
  }

  /** Nothing that is posted before the page is ready is lost: the page then gets the whole state. */
  private post(message: ToPanel): void {
    void this.panel?.webview.postMessage(message);
  }
}
