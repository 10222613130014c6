/** Under which conditions the numbers hold. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { RaceState } from '../../protocol';
import { environmentFacts, furtherFacts } from '../model/environment';
import type { Fact } from '../model/environment';
import type { Actions } from './actions';

export function conditionsView(race: RaceState, actions: Actions): TemplateResult {
  const facts = environmentFacts(race);
  const further = furtherFacts(race);
  return html`
    <section class="conditions" aria-labelledby="conditions-title">
      <h2 id="conditions-title">Conditions of this race</h2>
      ${facts.length > 0 ? factList(facts) : nothing}
      <ul class="notes" data-testid="notes" ?hidden=${race.notes.length === 0}>
        ${race.notes.map((note) => html`<li>${note}</li>`)}
      </ul>
      ${
        further.length > 0
          ? html`<details>
              <summary>Everything recorded</summary>
              ${factList(further)}
            </details>`
          : nothing
      }
      <p class="quiet">
        ${race.rows.some((row) => row.median_s !== null) ? 'The numbers hold for this machine, now.' : nothing}
        <button type="button" class="link" data-testid="method" @click=${() => actions.post({ type: 'showMethod' })}>
          How the race is run
        </button>
      </p>
    </section>
  `;
}

function factList(facts: readonly Fact[]): TemplateResult {
  return html`<dl class="facts">
    ${facts.map(
      (fact) =>
        html`<div>
          <dt>${fact.name}</dt>
          <dd>${fact.text}</dd>
        </div>`,
    )}
  </dl>`;
}
