/**
 * Whatever stands in a file: nothing is thrown, nothing takes long, and every place that is spoken of lies in it.
 * 10,000 cases by a fixed seed; `MATMUL_LENS_FUZZ_CASES` asks for another number, and with it for other cases.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { outlineOf } from '../../src/core';
import { TestCore } from '../core/support/analyze';
import { drawn } from './support/chance';
import { changed, changeOf, otherwise } from './support/mutations';
import { PythonText } from './support/pythonTexts';
import { realTexts } from './support/realTexts';
import { runs } from './support/runs';
import { wrongPlaces } from './support/shown';
import { withinASecond } from './support/time';

describe('any text', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const check = (text: string): void => {
    withinASecond(() => {
      const analysis = core.tryAnalyze(text);
      assert.deepEqual(analysis ? wrongPlaces(analysis) : [], []);
    });
    // What an outline tells of a text is what all of it tells.
    const outline = outlineOf(text);
    const whole = outline && core.facts(text, text);
    if (whole) assert.deepEqual(core.facts(outline, text), whole);
  };

  it('that looks like Python of the kind', function () {
    this.timeout(0);
    const texts = drawn((chance) => otherwise(chance, new PythonText(chance).write()));
    fc.assert(fc.property(texts, check), runs(0.4));
  });

  it('that is such Python, changed here and there', function () {
    this.timeout(0);
    const texts = drawn((chance) => {
      let text = new PythonText(chance).write();
      for (let count = chance.below(5); count >= 0; count--) text = changed(text, changeOf(chance, text));
      return otherwise(chance, text);
    });
    fc.assert(fc.property(texts, check), runs(0.2));
  });

  it('that is a real file, changed here and there', function () {
    this.timeout(0);
    const real = realTexts();
    const texts = drawn((chance) => {
      let text = chance.pick(real);
      for (let count = chance.below(8); count >= 0; count--) text = changed(text, changeOf(chance, text));
      return otherwise(chance, text);
    });
    fc.assert(fc.property(texts, check), runs(0.2));
  });
});
