import assert from 'node:assert/strict';
import { literalStrings, literalText } from '../../src/webview/model/literalText';
import { played, recordedRace } from './recordedRaces';

describe('literal text', () => {
  it('shows what hides or turns text', () => {
    assert.equal(literalText('a\u202eb.py'), 'a\\u202eb.py');
    assert.equal(literalText('\u0000\u001b[31m\u2066'), '\\u0000\\u001b[31m\\u2066');
  });

  it('keeps lines, tabs, markup and other scripts', () => {
    const text = 'Traceback:\r\n\t<b>x</b> שלום 矩阵 🙂';
    assert.equal(literalText(text), text);
  });

  it('reaches every string of a race and changes nothing else', () => {
    const race = played(recordedRace('mlpComplete'));
    assert.deepEqual(literalStrings(race), race);
    const noted = { ...race, notes: ['one', 'two\u200f'] };
    assert.deepEqual(literalStrings(noted), { ...race, notes: ['one', 'two\\u200f'] });
  });
});
