/** The race: verdicts on top, a table and a chart for each mode, then problems and conditions. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { MODE_WORDS } from '../../protocol';
import type { Mode, RaceState } from '../../protocol';
import { problems } from '../model/problems';
import { chartCaption, raceChart } from '../model/raceChart';
import { resultsTable } from '../model/resultsTable';
import { modesOf, verdictLines } from '../model/verdicts';
import type { VerdictLine } from '../model/verdicts';
import type { Actions } from './actions';
import { conditionsView } from './conditionsView';
import { problemsView } from './problemsView';
import { raceHeader } from './raceHeader';
import type { HeaderState } from './raceHeader';
import { tableView } from './tableView';

export function raceView(state: HeaderState, actions: Actions): TemplateResult {
  const { race, panel } = state;
  const troubles = problemsView(problems(race), panel.canRun, actions);
  if (race.rows.length === 0) {
    return html`
      <div class="race" data-testid="race" data-status=${race.status}>
        ${raceHeader(state, actions)} ${troubles} ${conditionsView(race, actions)}
      </div>
    `;
  }
  return html`
    <div class="race" data-testid="race" data-status=${race.status}>
      ${raceHeader(state, actions)}
      <div class="verdicts" data-testid="verdict">${verdictLines(race).map(verdictView)}</div>
      ${modesOf(race.rows).map((mode) => modeView(race, mode, actions))} ${troubles} ${conditionsView(race, actions)}
    </div>
  `;
}

function verdictView({ mode, kind, text }: VerdictLine): TemplateResult {
  return html`<p class="verdict ${kind.replace(' ', '-')}" data-testid=${`verdict-${mode}`}>${text}</p>`;
}

function modeView(race: RaceState, mode: Mode, actions: Actions): TemplateResult {
  const chart = raceChart(race, mode);
  const table = resultsTable(race, mode);
  const id = `results-${mode}`;
  return html`
    <section class="mode" aria-labelledby=${`title-${mode}`} data-testid=${`mode-${mode}`}>
      <h2 id=${`title-${mode}`}>${MODE_WORDS[mode]}</h2>
      ${tableView(table, id, actions)}
      <figure class="chart" data-testid="chart" data-mode=${mode}>
        <race-chart .chart=${chart} table=${id}></race-chart>
        <figcaption class="quiet">
          ${chartCaption(chart)}<span class="sr-only"> The table ${MODE_WORDS[mode]} has the same numbers.</span>
        </figcaption>
      </figure>
      <ul class="remarks quiet" aria-label="Remarks">
        ${table.remarks.map((remark) => html`<li>${remark}</li>`)}
      </ul>
    </section>
  `;
}
