/** The results of one mode as a table; it is also the chart's twin in words and numbers. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { MODE_WORDS } from '../../protocol';
import type { Cell, ResultsTable, TableRow } from '../model/resultsTable';
import type { Actions } from './actions';

export function tableView(table: ResultsTable, id: string, actions: Actions): TemplateResult {
  return html`
    <div class="scroller" role="group" tabindex="0" aria-labelledby=${`${id}-caption`}>
      <table id=${id} class="results">
        <caption id=${`${id}-caption`} class="sr-only">
          ${MODE_WORDS[table.mode]}: time, speed-up and accuracy of each variant
        </caption>
        <colgroup>
          <col class="variant" />
          ${table.columns.map((column) => html`<col class=${column.key} />`)}
        </colgroup>
        <thead>
          <tr>
            <th scope="col"><span class="main">Variant</span></th>
            ${table.columns.map(
              (column) =>
                html`<th scope="col" class="number">
                  <span class="main">${column.title}</span> <span class="detail">${column.unit}</span>
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${repeat(
            table.rows,
            (row) => row.name,
            (row) => rowView(row, table, actions),
          )}
        </tbody>
      </table>
    </div>
  `;
}

function rowView(row: TableRow, table: ResultsTable, actions: Actions): TemplateResult {
  return html`
    <tr
      data-testid=${`row-${table.mode}-${row.name}`}
      data-status=${row.status}
      class=${row.provisional ? 'provisional' : ''}
    >
      <th scope="row">
        <span class="main">${row.label}</span>
        <span class="detail">
          <span class="word tone-${row.tone}">${row.word}</span>
          ${
            row.hasSource
              ? html`<button
                  type="button"
                  class="link"
                  aria-label=${`Show the source of ${row.label}`}
                  @click=${() => actions.post({ type: 'showSource', variant: row.name })}
                >
                  source
                </button>`
              : nothing
          }
        </span>
      </th>
      ${
        'cells' in row.content
          ? row.content.cells.map((cell) => cellView(cell))
          : html`<td class="reason" colspan=${table.columns.length}><span>${row.content.reason}</span></td>`
      }
    </tr>
  `;
}

function cellView(cell: Cell): TemplateResult {
  return html`<td class="number">
    <span class="main">${cell.main}</span> ${cell.detail ? html`<span class="detail">${cell.detail}</span>` : nothing}
  </td>`;
}
