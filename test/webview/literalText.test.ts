import assert from 'node:assert/strict';
import { literalName, literalStrings, literalText } from '../../src/protocol';
import { played, recordedRace } from './recordedRaces';

describe('literal text', () => {
  it('shows what hides or turns text', () => {
    assert.equal(literalText('a\u202eb.py'), 'a\\u202eb.py');
    assert.equal(literalText('\u0000\u001b[31m\u2066'), '\\u0000\\u001b[31m\\u2066');
  });

  it('shows line ends as well in a name, which is on one line', () => {
    assert.equal(literalName('a.py\nRun it\r\u2028\tnow\u202e'), 'a.py\\u000aRun it\\u000d\\u2028\\u0009now\\u202e');
    assert.equal(literalName('矩阵 🙂.py'), '矩阵 🙂.py');
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
