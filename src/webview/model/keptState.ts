/** What the page keeps while it is hidden or the window reloads: the race's id, and a half-filled form. */
import * as v from 'valibot';
import { PersistedPanel } from '../../protocol';
import { FormDraft } from './formDraft';
import type { Page } from './page';

/** `PersistedPanel` is what the host reads; the draft is the page's own. */
const KeptState = v.object({ ...PersistedPanel.entries, draft: v.optional(v.nullable(FormDraft)) });
export type KeptState = v.InferOutput<typeof KeptState>;

/** The kept state, or null where there is none or another version wrote it. */
export function readKeptState(value: unknown): KeptState | null {
  const result = v.safeParse(KeptState, value);
  return result.success ? result.output : null;
}

export function keptStateOf(page: Page): KeptState {
  return { race: page.panel?.race?.id ?? null, draft: page.draft };
}
