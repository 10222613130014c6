/** The page at work: one state, drawn at most once a frame; messages and the reader's actions go through it. */
import { render } from 'lit';
import type { FromPanel } from '../protocol';
import { parseMessage } from './messages';
import type { HostApi } from './messages';
import { announcement } from './model/announcement';
import type { Announcer } from './model/announcement';
import { keptStateOf, readKeptState } from './model/keptState';
import { literalText } from '../protocol';
import { newPage, reducePage, shownForm } from './model/page';
import type { Page, PageAction } from './model/page';
import type { Actions } from './views/actions';
import { pageView } from './views/pageView';

export class ResultsPanel implements Actions {
  private page: Page;
  private kept = '';
  private frame: number | null = null;
  private focusError = false;

  constructor(
    private readonly host: HostApi,
    private readonly main: HTMLElement,
    private readonly announcer: Announcer,
  ) {
    this.page = newPage(readKeptState(host.getState())?.draft ?? null);
  }

  receive(data: unknown): void {
    const message = parseMessage(data);
    if (!message) return;
    this.focusError = message.type === 'state' && Object.keys(message.state.form?.errors ?? {}).length > 0;
    this.dispatch(message);
  }

  post(intent: FromPanel): void {
    this.host.postMessage(intent);
  }

  dispatch(action: PageAction): void {
    this.page = reducePage(this.page, action);
    this.keep();
    this.drawSoon();
  }

  submit(): void {
    const shown = shownForm(this.page);
    if (shown && this.page.panel?.canRun) this.post({ type: 'submit', values: shown.draft.values });
  }

  /** Time went on: a race shows how long it has run, or how old it is. */
  tick(): void {
    if (this.page.panel?.stage === 'race') this.drawSoon();
  }

  private drawSoon(): void {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.draw();
    });
  }

  private draw(): void {
    const { page, main } = this;
    const focused = document.activeElement;
    render(pageView(page, Date.now(), this), main);
    main.dataset.stage = page.panel?.stage ?? 'loading';
    if (this.focusError) {
      this.focusError = false;
      main.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
    } else if (focused && !focused.isConnected) {
      // A control that went away, such as Cancel at the race's end, leaves its focus at the title.
      main.querySelector<HTMLElement>('h1')?.focus();
    }
    if (page.panel?.stage === 'race' && page.panel.race) {
      this.announcer.announce(literalText(announcement(page.panel.race)));
    }
  }

  private keep(): void {
    if (!this.page.panel) return;
    const state = keptStateOf(this.page);
    const text = JSON.stringify(state);
    if (text === this.kept) return;
    this.kept = text;
    this.host.setState(state);
  }
}
