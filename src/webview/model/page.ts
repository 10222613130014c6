/** The page's whole state, and its only way to change: the host's messages and the reader's actions, folded. */
import { reduceRace } from '../../protocol';
import type { InputForm, PanelState, ToPanel } from '../../protocol';
import { draftFor, withInit, withInput } from './formDraft';
import type { FormDraft, InputEdit } from './formDraft';

export interface Page {
  /** Null until the host's first state. */
  readonly panel: PanelState | null;
  readonly draft: FormDraft | null;
  /** Cancel was asked for and the race has not ended yet. */
  readonly cancelling: boolean;
}

export type PageAction =
  | ToPanel
  | { readonly type: 'inputEdited'; readonly name: string; readonly edit: InputEdit }
  | { readonly type: 'initEdited'; readonly name: string; readonly expression: string }
  | { readonly type: 'cancelAsked' };

/** The page before the first message, with what an earlier life of this page left. */
export function newPage(draft: FormDraft | null): Page {
  return { panel: null, draft, cancelling: false };
}

export function reducePage(page: Page, action: PageAction): Page {
  switch (action.type) {
    case 'state': {
      const { form } = action.state;
      return { panel: action.state, draft: form ? draftFor(form, page.draft) : page.draft, cancelling: false };
    }
    case 'event': {
      if (!page.panel?.race) return page;
      const race = reduceRace(page.panel.race, action.event);
      if (race === page.panel.race) return page;
      const cancelling = page.cancelling && race.status === 'running';
      return { ...page, panel: { ...page.panel, race }, cancelling };
    }
    case 'stale':
      return page.panel ? { ...page, panel: { ...page.panel, stale: action.stale } } : page;
    case 'inputEdited':
      return page.draft ? { ...page, draft: withInput(page.draft, action.name, action.edit) } : page;
    case 'initEdited':
      return page.draft ? { ...page, draft: withInit(page.draft, action.name, action.expression) } : page;
    case 'cancelAsked':
      return { ...page, cancelling: true };
    default: {
      const never: never = action;
      return never;
    }
  }
}

/** The form on show, with what the reader has typed; null where no form is on show. */
export function shownForm(page: Page): { readonly form: InputForm; readonly draft: FormDraft } | null {
  const { panel, draft } = page;
  return panel?.stage === 'form' && panel.form && draft ? { form: panel.form, draft } : null;
}
