/** One argument of the raced function: its kind, and only the fields that this kind has. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Dtype, FormInput, FormKind } from '../../protocol';
import { KINDS, dtypeName, faultyField } from '../model/formDraft';
import type { FormField, InputEdit } from '../model/formDraft';
import { literalText } from '../../protocol';
import type { Actions } from './actions';
import { errorLine, textField } from './textField';

const TEXT_FIELDS = {
  shape: { label: 'Shape', placeholder: '64, 1024', maxLength: 200 },
  high: { label: 'Upper bound', placeholder: '50257', maxLength: 40 },
  expression: { label: 'Expression', placeholder: '', maxLength: 4000 },
} as const satisfies Record<Exclude<FormField, 'dtype'>, object>;

export function inputRow(input: FormInput, error: string, actions: Actions): TemplateResult {
  const { name } = input;
  const kind = KINDS[input.kind];
  const change = (edit: InputEdit) => actions.dispatch({ type: 'inputEdited', name, edit });
  const note = `inputs.${name}.note`;
  const faulty = error ? faultyField(input) : null;
  const faultyId = `inputs.${name}.${faulty ?? 'kind'}`;
  const kindError = error !== '' && faulty === null;
  return html`
    <div class="argument" data-testid=${`input-${name}`}>
      <span class="argument-name code">${name}</span>
      <div class="fields">
        <div class="field kind">
          <label for=${`inputs.${name}.kind`}>Kind<span class="sr-only"> of ${name}</span></label>
          <select
            id=${`inputs.${name}.kind`}
            aria-describedby=${kindError ? `${note} ${faultyId}.error` : note}
            aria-invalid=${kindError ? 'true' : 'false'}
            .value=${live(input.kind)}
            @change=${(event: Event) => change({ kind: (event.target as HTMLSelectElement).value as FormKind })}
          >
            ${Object.entries(KINDS).map(
              ([value, each]) => html`<option value=${value} ?selected=${value === input.kind}>${each.label}</option>`,
            )}
          </select>
        </div>
        ${kind.fields.map((field) =>
          field === 'dtype'
            ? dtypeField(input, kind.dtypes, change)
            : textField({
                ...TEXT_FIELDS[field],
                id: `inputs.${name}.${field}`,
                about: name,
                kind: field,
                value: input[field],
                required: true,
                error: field === faulty ? error : '',
                describedBy: note,
                onInput: (value) => change({ [field]: value }),
              }),
        )}
        ${errorLine(faultyId, error)}
      </div>
      <p class="argument-note quiet" id=${note}>
        <span>${kind.meaning}</span>
        ${input.learned ? html`<span>Prefilled from ${literalText(input.learned)}.</span>` : nothing}
      </p>
    </div>
  `;
}

function dtypeField(input: FormInput, dtypes: readonly Dtype[], change: (edit: InputEdit) => void): TemplateResult {
  const id = `inputs.${input.name}.dtype`;
  return html`
    <div class="field dtype">
      <label for=${id}>dtype<span class="sr-only"> of ${input.name}</span></label>
      <select
        id=${id}
        .value=${live(input.dtype)}
        @change=${(event: Event) => change({ dtype: (event.target as HTMLSelectElement).value as Dtype })}
      >
        ${dtypes.map(
          (each) => html`<option value=${each} ?selected=${each === input.dtype}>${dtypeName(each)}</option>`,
        )}
      </select>
    </div>
  `;
}
