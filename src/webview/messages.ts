/** The page's end of the wire: which messages are believed, and what VS Code gives a page to answer with. */
import type { FromPanel, PanelState, ToPanel } from '../protocol';

/** What `acquireVsCodeApi` returns. It may be called once in the life of a page. */
export interface HostApi {
  postMessage(message: FromPanel): void;
  getState(): unknown;
  setState(state: unknown): void;
}

type Fields = Readonly<Record<string, unknown>>;

const STAGES: readonly unknown[] = ['empty', 'form', 'race'] satisfies PanelState['stage'][];

/**
 * VS Code delivers the host's messages through the frame around the page, which has the page's own origin,
 * and hides `window.parent`, so that the origin is all that can be checked.
 */
export function isFromHost(message: { readonly origin: string }, pageOrigin: string): boolean {
  return message.origin === pageOrigin;
}

/**
 * The message, when its tag is known and carries what its tag promises; else null. The host has already
 * checked events against their schema, so that their insides are not checked again.
 */
export function parseMessage(data: unknown): ToPanel | null {
  if (!isFields(data)) return null;
  switch (data.type) {
    case 'state':
      return isFields(data.state) && STAGES.includes(data.state.stage) ? (data as unknown as ToPanel) : null;
    case 'event':
      return isFields(data.event) && typeof data.event.type === 'string' ? (data as unknown as ToPanel) : null;
    case 'stale':
      return typeof data.stale === 'boolean' ? (data as unknown as ToPanel) : null;
    default:
      return null;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
