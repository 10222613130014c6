/**
 * An analysis that is carried from edit to edit says what one from scratch says, whenever the text parses. While
 * it does not, a body keeps its last facts, so that lenses do not jump: what is said then is asked about in
 * test/core/incremental.test.ts, and here only that its places lie in the text.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { TestCore } from '../core/support/analyze';
import { drawn } from './support/chance';
import { EditedDocument } from './support/document';
import { typed } from './support/edits';
import { PythonText } from './support/pythonTexts';
import { realTexts } from './support/realTexts';
import { runs } from './support/runs';
import { shown, wrongPlaces } from './support/shown';

const PATH = '/w/pkg/model.py';

describe('any edits', () => {
  let core: TestCore;
  before(async () => {
    core = await TestCore.load();
  });

  const scratch = async (text: string, files: ReadonlyMap<string, string> | null): Promise<string | null> => {
    const document = new EditedDocument(core, PATH, files);
    const found = await document.become(text);
    document.dispose();
    return found && shown(found.analysis);
  };

  const check = async (texts: readonly string[], files: ReadonlyMap<string, string> | null): Promise<void> => {
    const document = new EditedDocument(core, PATH, files);
    try {
      for (const text of texts) {
        const found = await document.become(text);
        if (!found) continue;
        assert.deepEqual(wrongPlaces(found.analysis), []);
        if (found.sound) assert.equal(shown(found.analysis), await scratch(text, files));
      }
    } finally {
      document.dispose();
    }
  };

  it('of a text of the kind', async function () {
    this.timeout(0);
    const texts = drawn((chance) => typed(chance, new PythonText(chance).write(), 6));
    await fc.assert(
      fc.asyncProperty(texts, (each) => check(each, null)),
      runs(0.08),
    );
  });

  it('of a real file', async function () {
    this.timeout(0);
    const real = realTexts().filter((each) => each.length < 5_000);
    const texts = drawn((chance) => typed(chance, chance.pick(real), 6));
    await fc.assert(
      fc.asyncProperty(texts, (each) => check(each, null)),
      runs(0.08),
    );
  });

  it('of a file that imports others', async function () {
    this.timeout(0);
    const cases = drawn((chance) => {
      const other = (): string => new PythonText(chance).write();
      const files = new Map([
        ['/w/pkg/__init__.py', chance.pick(['', 'from .other import *\n'])],
        ['/w/pkg/other.py', other()],
      ]);
      return { files, texts: typed(chance, `from .other import *\nfrom .other import A, f\n${other()}`, 4) };
    });
    await fc.assert(
      fc.asyncProperty(cases, ({ files, texts }) => check(texts, files)),
      runs(0.04),
    );
  });
});
