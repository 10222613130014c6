/** The page: one of its stages. */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { literalStrings } from '../../protocol';
import { shownForm } from '../model/page';
import type { Page } from '../model/page';
import type { Actions } from './actions';
import { emptyView } from './emptyView';
import { formView } from './formView';
import { raceView } from './raceView';

/** `now` is in milliseconds since the epoch. */
export function pageView(page: Page, now: number, actions: Actions): TemplateResult | typeof nothing {
  const { panel, cancelling } = page;
  if (!panel) return nothing;
  const shown = shownForm(page);
  if (shown) return formView(shown.form, shown.draft, panel.canRun, actions);
  if (panel.stage === 'race' && panel.race) {
    return raceView({ panel, race: literalStrings(panel.race), cancelling, now }, actions);
  }
  return html`${emptyView(actions)}`;
}
