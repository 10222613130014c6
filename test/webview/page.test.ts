import assert from 'node:assert/strict';
import * as v from 'valibot';
import { PersistedPanel } from '../../src/protocol';
import type { InputForm, PanelState } from '../../src/protocol';
import { keptStateOf, readKeptState } from '../../src/webview/model/keptState';
import { newPage, reducePage, shownForm } from '../../src/webview/model/page';
import type { Page, PageAction } from '../../src/webview/model/page';
import { recordedRace } from './recordedRaces';

const recorded = recordedRace('mlpComplete');
const racing = recorded.state;
const form: InputForm = racing.form ?? assert.fail('the recording has a form');
const asking: PanelState = { ...racing, stage: 'form', race: null };
const after = (page: Page, ...actions: PageAction[]) => actions.reduce(reducePage, page);
const typed = { type: 'inputEdited', name: 'x', edit: { shape: '8, 64' } } as const;

describe('page state', () => {
  it('leaves events alone until the host has sent a state', () => {
    const page = newPage(null);
    assert.equal(after(page, ...recorded.events.map((event) => ({ type: 'event', event }) as const)), page);
  });

  it('leaves a race alone when another race’s event comes late', () => {
    const page = after(newPage(null), { type: 'state', state: racing });
    const late = { type: 'note', race: 'an earlier race', text: 'late' } as const;
    assert.equal(after(page, { type: 'event', event: late }), page);
  });

  it('is cancelling until the race has ended', () => {
    const page = after(newPage(null), { type: 'state', state: racing }, { type: 'cancelAsked' });
    const note = { type: 'note', race: 'race-mlp', text: 'still here' } as const;
    assert.equal(after(page, { type: 'event', event: note }).cancelling, true);
    const failure = { kind: 'cancelled', message: 'Cancelled.' } as const;
    const ended = after(page, { type: 'event', event: { type: 'failed', race: 'race-mlp', failure } });
    assert.equal(ended.cancelling, false);
    assert.equal(ended.panel?.race?.status, 'cancelled');
  });

  it('marks a race stale and fresh again', () => {
    const page = after(newPage(null), { type: 'state', state: racing }, { type: 'stale', stale: true });
    assert.equal(page.panel?.stale, true);
    assert.equal(after(page, { type: 'stale', stale: false }).panel?.stale, false);
  });
});

describe('form draft', () => {
  const open = after(newPage(null), { type: 'state', state: asking });

  it('keeps what was typed when the host answers with errors only', () => {
    const refused = { ...asking, form: { ...form, errors: { 'inputs.x': 'No.' } } };
    const page = after(open, typed, { type: 'state', state: refused });
    assert.equal(shownForm(page)?.draft.values.inputs[0]?.shape, '8, 64');
    assert.deepEqual(shownForm(page)?.draft.errors, { 'inputs.x': 'No.' });
  });

  it('takes the host’s values when they are others', () => {
    const other = { ...asking, form: { ...form, inputs: form.inputs.map((each) => ({ ...each, shape: '2, 2' })) } };
    const page = after(open, typed, { type: 'state', state: other });
    assert.equal(shownForm(page)?.draft.values.inputs[0]?.shape, '2, 2');
  });

  it('takes the host’s values when the form is that of another function', () => {
    const other = { ...asking, form: { ...form, qualname: 'Block' } };
    const page = after(open, typed, { type: 'state', state: other });
    assert.equal(shownForm(page)?.draft.values.inputs[0]?.shape, form.inputs[0]?.shape);
  });

  it('joins edits of one input, whatever was drawn in between', () => {
    const page = after(open, typed, { type: 'inputEdited', name: 'x', edit: { kind: 'index' } });
    const [input] = shownForm(page)?.draft.values.inputs ?? [];
    assert.deepEqual([input?.shape, input?.kind, input?.dtype], ['8, 64', 'index', 'i64']);
  });

  it('forgets the error of what is edited, and only that', () => {
    const errors = { 'inputs.x': 'No.', 'init.d_model': 'No.', 'init.d_hidden': 'No.' };
    const page = after(newPage(null), { type: 'state', state: { ...asking, form: { ...form, errors } } });
    const edited = after(page, typed);
    assert.deepEqual(Object.keys(shownForm(edited)?.draft.errors ?? {}), ['init.d_model', 'init.d_hidden']);
    const again = after(edited, { type: 'initEdited', name: 'd_model', expression: '8' });
    assert.deepEqual(Object.keys(shownForm(again)?.draft.errors ?? {}), ['init.d_hidden']);
    assert.equal(shownForm(again)?.draft.values.init[0]?.expression, '8');
  });

  it('survives the page’s own reload', () => {
    const page = after(open, typed);
    const kept = readKeptState(JSON.parse(JSON.stringify(keptStateOf(page))));
    const reloaded = after(newPage(kept?.draft ?? null), { type: 'state', state: asking });
    assert.equal(shownForm(reloaded)?.draft.values.inputs[0]?.shape, '8, 64');
  });
});

describe('kept state', () => {
  it('is what the host looks for', () => {
    const page = after(newPage(null), { type: 'state', state: racing });
    assert.deepEqual(v.parse(PersistedPanel, keptStateOf(page)), { race: 'race-mlp' });
  });

  it('of an unknown form is no kept state', () => {
    for (const value of [undefined, null, 'race-mlp', {}, { race: 7 }, { race: null, draft: { file: 1 } }]) {
      assert.equal(readKeptState(value), null, JSON.stringify(value));
    }
  });
});
