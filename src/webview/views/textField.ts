/**
 * One labelled line of text, and the error of such a field. Plain elements, not web components: a label, a description and an
 * error reach a screen reader only where they share a tree with their input.
 */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { live } from 'lit/directives/live.js';
import { literalText } from '../../protocol';

export interface TextField {
  readonly id: string;
  readonly label: string;
  /** Whose field it is, for those who cannot see the row: `x` in `Shape of x`. */
  readonly about: string;
  readonly kind: string;
  readonly value: string;
  readonly placeholder: string;
  readonly required: boolean;
  readonly maxLength: number;
  readonly error: string;
  /** The id of a further description; empty where there is none. */
  readonly describedBy: string;
  readonly onInput: (value: string) => void;
}

export function textField(field: TextField): TemplateResult {
  const { id, error } = field;
  const described = [field.describedBy, error ? `${id}.error` : ''].filter((each) => each !== '').join(' ');
  return html`
    <div class="field ${field.kind}">
      <label for=${id}>${field.label}<span class="sr-only"> of ${field.about}</span></label>
      <input
        id=${id}
        type="text"
        class="code"
        spellcheck="false"
        autocapitalize="off"
        maxlength=${field.maxLength}
        placeholder=${field.placeholder}
        aria-required=${field.required ? 'true' : 'false'}
        aria-invalid=${error ? 'true' : 'false'}
        aria-describedby=${ifDefined(described === '' ? undefined : described)}
        .value=${live(field.value)}
        @input=${(event: Event) => field.onInput((event.target as HTMLInputElement).value)}
      />
    </div>
  `;
}

/** The line under a row of fields that tells what is wrong with the one that has this id. */
export function errorLine(id: string, error: string): TemplateResult | typeof nothing {
  return error === '' ? nothing : html`<p class="error" id=${`${id}.error`}>${literalText(error)}</p>`;
}
