/** Nothing raced yet: what to do next. */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { Actions } from './actions';

/** Outside the template: in one, a bundler cannot escape what is not ASCII. */
const LENS = '\u25b6 Benchmark';

export function emptyView(actions: Actions): TemplateResult {
  return html`
    <section class="empty" data-testid="empty">
      <h1>No race yet</h1>
      <ol>
        <li>Open a Python file that does matrix multiplications.</li>
        <li>Click <strong>${LENS}</strong> above a function, a method or a module class.</li>
        <li>PyTorch and JAX race it here, on this machine, with your shapes.</li>
      </ol>
      <p class="quiet">Nothing runs before you click, and nothing leaves this machine.</p>
      <p class="buttons">
        <button type="button" class="secondary" @click=${() => actions.post({ type: 'selectInterpreter' })}>
          Select Interpreter
        </button>
        <button type="button" class="link" @click=${() => actions.post({ type: 'showMethod' })}>
          How the race is run
        </button>
      </p>
    </section>
  `;
}
