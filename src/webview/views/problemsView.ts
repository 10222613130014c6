/** What went wrong: the sentence, the way out, the button that takes it, and the traceback for who wants it. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Problem, Remedy } from '../model/problems';
import type { Actions } from './actions';

const REMEDY_WORDS: Readonly<Record<Remedy['type'], string>> = {
  selectInterpreter: 'Select Interpreter',
  createJaxEnvironment: 'Create JAX Environment',
  showLog: 'Show Log',
  editInputs: 'Edit Inputs',
  rerun: 'Re-run',
  revealTarget: 'Show Function',
  showSource: 'Show Source',
};

const NEEDS_RUN: readonly Remedy['type'][] = ['editInputs', 'rerun'];

export function problemsView(
  problems: readonly Problem[],
  canRun: boolean,
  actions: Actions,
): TemplateResult | typeof nothing {
  if (problems.length === 0) return nothing;
  return html`
    <section class="problems" aria-labelledby="problems-title" data-testid="problems">
      <h2 id="problems-title">${problems.length === 1 ? 'Problem' : 'Problems'}</h2>
      ${problems.map((problem) => problemView(problem, canRun, actions))}
    </section>
  `;
}

function problemView(problem: Problem, canRun: boolean, actions: Actions): TemplateResult {
  const remedies = problem.remedies.filter((each) => canRun || !NEEDS_RUN.includes(each.type));
  return html`
    <div class="problem">
      <p>
        ${problem.affected ? html`<strong>${problem.affected}:</strong> ` : nothing}${problem.message}
        ${problem.where ? html`<span class="code">${problem.where}</span>` : nothing}
      </p>
      ${problem.hint ? html`<p class="quiet">${problem.hint}</p>` : nothing}
      ${
        remedies.length > 0
          ? html`<p class="buttons">
              ${remedies.map(
                (remedy, index) =>
                  html`<button
                    type="button"
                    class=${index === 0 ? 'primary' : 'secondary'}
                    @click=${() => actions.post(remedy)}
                  >
                    ${REMEDY_WORDS[remedy.type]}
                  </button>`,
              )}
            </p>`
          : nothing
      }
      ${
        problem.detail
          ? html`<details>
              <summary>Details</summary>
              <pre tabindex="0">${problem.detail}</pre>
            </details>`
          : nothing
      }
    </div>
  `;
}
