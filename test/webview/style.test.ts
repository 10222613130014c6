import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

const sheets = readdirSync('media/panel').map((file) => path.join('media/panel', file));
const style = ['media/panel.css', ...sheets]
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n')
  .replace(/\/\*[\s\S]*?\*\//g, '');
const sources = readdirSync('src/webview', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => [file, readFileSync(path.join('src/webview', file), 'utf8')] as const);

describe('the page’s style', () => {
  it('is imported whole', () => {
    for (const file of sheets)
      assert.ok(style.includes(`url('${path.relative('media', file).replaceAll('\\', '/')}')`), file);
  });

  it('has no colour of its own', () => {
    assert.deepEqual(style.match(/#[0-9a-f]{3,8}\b|\b(?:rgba?|hsla?|oklch|color-mix)\(/gi), null);
  });

  it('uses only properties that it defines or VS Code does', () => {
    const defined = new Set([...style.matchAll(/(--[\w-]+):/g)].map((match) => match[1]));
    const used = [...style.matchAll(/var\((--[\w-]+)/g)].map((match) => match[1] ?? '');
    assert.ok(used.length > 20);
    const unknown = used.filter((name) => !/^--(vscode|text-link)-/.test(name) && !defined.has(name));
    assert.deepEqual(unknown, []);
  });
});

describe('the page’s source', () => {
  it('writes no style attribute, no markup from strings and no policy-breaking element', () => {
    assert.ok(sources.length > 20);
    for (const [file, text] of sources) {
      assert.doesNotMatch(text, /\sstyle=|unsafeHTML|unsafeSVG|innerHTML|insertAdjacentHTML|<style|\beval\(/, file);
    }
  });

  it('has only ASCII in templates, where a bundler cannot escape anything', () => {
    for (const [file, text] of sources) {
      const withoutComments = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      if (withoutComments.includes('html`')) assert.doesNotMatch(withoutComments, /[^\x00-\x7f]/, file);
    }
  });
});
