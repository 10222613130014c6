import assert from 'node:assert/strict';
import { isFromHost, parseMessage } from '../../src/webview/messages';
import { recordedRace } from './recordedRaces';

describe('messages to the page', () => {
  it('are believed only from the page’s own origin', () => {
    assert.equal(isFromHost({ origin: 'vscode-webview://panel' }, 'vscode-webview://panel'), true);
    assert.equal(isFromHost({ origin: 'https://example.org' }, 'vscode-webview://panel'), false);
    assert.equal(isFromHost({ origin: 'null' }, 'vscode-webview://panel'), false);
  });

  it('are let in when tag and content agree', () => {
    const { state, events } = recordedRace('mlpComplete');
    for (const message of [
      { type: 'state', state },
      { type: 'event', event: events[0] },
      { type: 'stale', stale: true },
    ]) {
      assert.equal(parseMessage(message), message);
    }
  });

  it('are dropped otherwise', () => {
    for (const message of [
      undefined,
      null,
      'state',
      42,
      [],
      {},
      { type: 'navigate', url: 'https://example.org' },
      { type: 'state' },
      { type: 'state', state: null },
      { type: 'state', state: { stage: 'results' } },
      { type: 'event', event: 'row' },
      { type: 'event', event: {} },
      { type: 'stale', stale: 'yes' },
    ]) {
      assert.equal(parseMessage(message), null, JSON.stringify(message));
    }
  });
});
