/** What is raced, what can be done with the race, and how far it is. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { PanelState, RaceState } from '../../protocol';
import { progressShare, statusText } from '../model/activity';
import type { Actions } from './actions';
import { fileName } from '../model/fileName';
import { CANNOT_RUN } from './formView';

export interface HeaderState {
  readonly panel: PanelState;
  readonly race: RaceState;
  readonly cancelling: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export function raceHeader(state: HeaderState, actions: Actions): TemplateResult {
  const { panel, race } = state;
  const running = race.status === 'running';
  return html`
    <header>
      <div class="title-line">
        <h1 class="qualname" tabindex="-1">${race.target?.qualname ?? panel.form?.qualname ?? 'Race'}</h1>
        ${race.target?.synthetic ? html`<span class="badge">synthetic</span>` : nothing}
        ${panel.stale ? html`<span class="badge warning" data-testid="stale">edited since</span>` : nothing}
        ${toolbar(state, actions)}
      </div>
      ${targetLine(race, actions)}
      <div class="status-line" data-testid="status">
        <p class="quiet">${state.cancelling ? 'Cancelling' : statusText(race, panel.startedAt, state.now)}</p>
        <div class="progress-slot">${running ? progressBar(race) : nothing}</div>
      </div>
      ${!running && !panel.canRun ? html`<p class="quiet">${CANNOT_RUN}</p>` : nothing}
      ${
        panel.stale
          ? html`<p class="quiet">
              The function was edited after this race; the numbers are those of the earlier code.
            </p>`
          : nothing
      }
      ${
        race.target?.synthetic
          ? html`<p class="quiet">Operations of the same shapes were raced; your own code was not run.</p>`
          : nothing
      }
    </header>
  `;
}

function toolbar({ panel, race, cancelling }: HeaderState, actions: Actions): TemplateResult {
  const running = race.status === 'running';
  const hasNumbers = race.rows.some((row) => row.median_s !== null);
  return html`
    <div class="toolbar" role="group" aria-label="Race">
      ${
        running
          ? html`<button
              type="button"
              class="primary"
              data-testid="cancel"
              aria-disabled=${cancelling ? 'true' : 'false'}
              @click=${() => cancel(cancelling, actions)}
            >
              Cancel
            </button>`
          : html`<button
              type="button"
              class="primary"
              data-testid="rerun"
              ?disabled=${!panel.canRun}
              @click=${() => actions.post({ type: 'rerun' })}
            >
              Re-run
            </button>`
      }
      <button
        type="button"
        class="secondary"
        data-testid="edit-inputs"
        ?disabled=${running || !panel.canRun}
        @click=${() => actions.post({ type: 'editInputs' })}
      >
        Edit Inputs
      </button>
      <button
        type="button"
        class="secondary"
        data-testid="copy-markdown"
        ?disabled=${running || !hasNumbers}
        @click=${() => actions.post({ type: 'copyMarkdown' })}
      >
        Copy as Markdown
      </button>
      <button
        type="button"
        class="secondary"
        data-testid="export-json"
        ?disabled=${running || !hasNumbers}
        @click=${() => actions.post({ type: 'exportJson' })}
      >
        Export JSON
      </button>
    </div>
  `;
}

/** A button that is waiting stays focusable: the focus would be lost with `disabled`. */
function cancel(cancelling: boolean, actions: Actions): void {
  if (cancelling) return;
  actions.dispatch({ type: 'cancelAsked' });
  actions.post({ type: 'cancel' });
}

function targetLine(race: RaceState, actions: Actions): TemplateResult {
  const { target } = race;
  if (!target) return html`<p class="target-line"></p>`;
  const place = target.file === null ? null : `${fileName(target.file)}:${target.line}`;
  return html`
    <p class="target-line">
      ${
        place === null
          ? nothing
          : html`<button
              type="button"
              class="link"
              data-testid="reveal"
              aria-label=${`Show ${target.qualname} in ${place}`}
              @click=${() => actions.post({ type: 'revealTarget' })}
            >
              ${place}
            </button>`
      }
      ${Object.entries(target.inputs).map(([name, spec]) => html`<span class="code">${name}: ${spec}</span>`)}
      ${Object.entries(target.init).map(([name, value]) => html`<span class="code">${name}=${value}</span>`)}
    </p>
  `;
}

function progressBar(race: RaceState): TemplateResult {
  const share = progressShare(race);
  return share === null
    ? html`<progress aria-label="Race"></progress>`
    : html`<progress aria-label="Race" max="1" .value=${share}></progress>`;
}
