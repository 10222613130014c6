/** The one form for everything a race needs and analysis could not tell. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { FormInit, InputForm } from '../../protocol';
import { literalText } from '../../protocol';
import type { FormDraft } from '../model/formDraft';
import type { Actions } from './actions';
import { fileName } from '../model/fileName';
import { inputRow } from './inputRow';
import { errorLine, textField } from './textField';

export function formView(form: InputForm, draft: FormDraft, canRun: boolean, actions: Actions): TemplateResult {
  const { inputs, init } = draft.values;
  const submit = (event: Event) => {
    event.preventDefault();
    actions.submit();
  };
  return html`
    <form class="input-form" data-testid="form" novalidate autocomplete="off" @submit=${submit}>
      <header>
        <h1 class="qualname">${literalText(form.qualname)}</h1>
        <p class="quiet">
          Loads ${literalText(form.qualname)} from
          <span class="code">${literalText(fileName(form.file))}</span> (its imports, definitions and constant
          assignments run, and no other statement), makes these inputs, and races PyTorch against JAX on this machine.
        </p>
      </header>
      ${
        init.length > 0
          ? html`<fieldset>
              <legend>Constructor arguments</legend>
              ${repeat(
                init,
                (each) => each.name,
                (each) => initRow(each, draft.errors[`init.${each.name}`] ?? '', actions),
              )}
            </fieldset>`
          : nothing
      }
      <fieldset>
        <legend>Inputs</legend>
        ${inputs.length === 0 ? html`<p class="quiet">It takes no inputs.</p>` : nothing}
        ${repeat(
          inputs,
          (each) => each.name,
          (each) => inputRow(each, draft.errors[`inputs.${each.name}`] ?? '', actions),
        )}
      </fieldset>
      <p class="buttons">
        <button type="submit" class="primary" data-testid="submit" ?disabled=${!canRun}>Race</button>
        ${canRun ? nothing : html`<span class="quiet">${CANNOT_RUN}</span>`}
      </p>
    </form>
  `;
}

export const CANNOT_RUN = 'No race can be started from here: the workspace is not trusted, or the file is gone.';

function initRow(argument: FormInit, error: string, actions: Actions): TemplateResult {
  const { name, expression } = argument;
  return html`
    <div class="argument" data-testid=${`init-${name}`}>
      <span class="argument-name code">${name}</span>
      <div class="fields">
        ${textField({
          id: `init.${name}`,
          label: 'Python expression',
          about: name,
          kind: 'expression',
          value: expression,
          placeholder: argument.default ?? '',
          required: argument.default === null,
          maxLength: 4000,
          error,
          describedBy: argument.learned ? `init.${name}.learned` : '',
          onInput: (value) => actions.dispatch({ type: 'initEdited', name, expression: value }),
        })}
        ${errorLine(`init.${name}`, error)}
      </div>
      <p class="argument-note quiet">
        ${argument.learned ? html`<span id=${`init.${name}.learned`}>From ${literalText(argument.learned)}.</span>` : nothing}
        ${argument.default === null ? nothing : html`<span>Empty: the default ${literalText(argument.default)} holds.</span>`}
      </p>
    </div>
  `;
}
