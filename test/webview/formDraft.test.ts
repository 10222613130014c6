import assert from 'node:assert/strict';
import { Dtype, FormKind } from '../../src/protocol';
import type { FormInput } from '../../src/protocol';
import { KINDS, dtypeName, faultyField, withKind } from '../../src/webview/model/formDraft';

const input: FormInput = {
  name: 'x',
  kind: 'float',
  shape: '64, 1024',
  dtype: 'bf16',
  high: '',
  expression: '',
  learned: '',
};

describe('kinds of input', () => {
  it('turn into each other and back without a dtype that the kind cannot have', () => {
    for (const from of FormKind.options) {
      for (const to of FormKind.options) {
        const changed = withKind(withKind(input, from), to);
        const { dtypes } = KINDS[to];
        assert.ok(dtypes.length === 0 || dtypes.includes(changed.dtype), `${from} to ${to}: ${changed.dtype}`);
        assert.equal(changed.shape, input.shape);
      }
    }
  });

  it('keep a dtype that fits', () => {
    assert.equal(withKind(input, 'float').dtype, 'bf16');
    assert.equal(withKind(input, 'index').dtype, 'i64');
    assert.equal(withKind(input, 'expression').dtype, 'bf16');
  });

  it('offer every dtype of the protocol, each under its own name', () => {
    const offered = new Set(FormKind.options.flatMap((kind) => KINDS[kind].dtypes));
    assert.deepEqual([...offered].sort(), [...Dtype.options].sort());
    assert.equal(new Set(Dtype.options.map(dtypeName)).size, Dtype.options.length);
  });
});

describe('the field that an error is shown at', () => {
  it('is the first empty one', () => {
    assert.equal(faultyField({ ...input, kind: 'index', high: ' ' }), 'high');
    assert.equal(faultyField({ ...input, kind: 'index', shape: '' }), 'shape');
  });

  it('is the first one where none is empty', () => {
    assert.equal(faultyField({ ...input, kind: 'index', high: '10' }), 'shape');
    assert.equal(faultyField({ ...input, kind: 'literal', expression: '1' }), 'expression');
  });

  it('is none for a kind without fields', () => {
    assert.equal(faultyField({ ...input, kind: 'default' }), null);
  });
});
