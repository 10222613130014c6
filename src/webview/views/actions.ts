/** What a view may cause: an intent for the host, or a change of the page's own state. */
import type { FromPanel } from '../../protocol';
import type { PageAction } from '../model/page';

export interface Actions {
  post(intent: FromPanel): void;
  dispatch(action: PageAction): void;
  /** Sends the form as it is now, which may be newer than what was last drawn. */
  submit(): void;
}
