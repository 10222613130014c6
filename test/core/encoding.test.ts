import assert from 'node:assert/strict';
import { TextDecoder } from 'node:util';
import { decodeSource } from '../../src/core';

describe('decodeSource', () => {
  const decode = (...parts: (string | number[])[]) =>
    decodeSource(Buffer.concat(parts.map((part) => Buffer.from(part as string))), TextDecoder);

  it('leaves out the byte order mark and keeps every other place', () => {
    assert.equal(decode([0xef, 0xbb, 0xbf], 'a\r\nb\rc\0d\ufeff'), 'a\r\nb\nc d\ufeff');
  });

  it('replaces what is not UTF-8, each byte at most once, and keeps lines', () => {
    assert.equal(decode('a = "', [0xff], '"\nb'), 'a = "\ufffd"\nb');
    // A lone surrogate, as some editors write it.
    assert.equal(decode('x', [0xed, 0xa0, 0x80], 'y'), 'x\ufffd\ufffd\ufffdy');
  });

  it('obeys an encoding declared in the first two lines', () => {
    assert.equal(decode('# -*- coding: latin-1 -*-\n# ', [0xe9]), '# -*- coding: latin-1 -*-\n# é');
    assert.equal(decode('#!/bin/python\n# vim: set fileencoding=koi8-r :\n# ', [0xc1]).at(-1), 'а');
    assert.equal(decode('import a\n# coding: latin-1\n# ', [0xe9]).at(-1), '\ufffd');
    assert.equal(decode('\n\n# coding: latin-1\n# ', [0xe9]).at(-1), '\ufffd');
    assert.equal(decode('# coding: utf-16\n# é'), '# coding: utf-16\n# é');
    assert.equal(decode('# coding: nonsense\n# é'), '# coding: nonsense\n# é');
  });
});
