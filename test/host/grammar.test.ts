/** The colours of comments that speak to this extension, by the grammars that VS Code itself reads them with. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createOnigScanner, createOnigString, loadWASM } from 'vscode-oniguruma';
import * as vscode from 'vscode';
import { INITIAL, parseRawGrammar, Registry } from 'vscode-textmate';
import type { IGrammar } from 'vscode-textmate';
import { activated } from './extension';

const OURS = 'source.python.matmul-lens';
const PYTHON = path.join(vscode.env.appRoot, 'extensions/python/syntaxes/MagicPython.tmLanguage.json');

describe('the grammar of comments', () => {
  let grammar: IGrammar;
  before(async () => {
    const { extensionPath: root } = await activated();
    const wasm = readFileSync(path.join(root, 'node_modules/vscode-oniguruma/release/onig.wasm'));
    await loadWASM(wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.byteLength));
    const files: Readonly<Record<string, string>> = {
      'source.python': PYTHON,
      [OURS]: path.join(root, 'syntaxes/matmul-lens.tmLanguage.json'),
    };
    const registry = new Registry({
      onigLib: Promise.resolve({ createOnigScanner, createOnigString }),
      loadGrammar: (scope) => {
        const file = files[scope];
        return Promise.resolve(file === undefined ? null : parseRawGrammar(readFileSync(file, 'utf8'), file));
      },
      getInjections: (scope) => (scope === 'source.python' ? [OURS] : undefined),
    });
    const loaded = await registry.loadGrammar('source.python');
    assert(loaded, 'there is no grammar of Python');
    grammar = loaded;
  });

  /** What is coloured, as `text kind`, without what only is a comment. */
  const coloured = (line: string): readonly string[] =>
    grammar.tokenizeLine(line, INITIAL).tokens.flatMap(({ startIndex, endIndex, scopes }) => {
      const own = scopes.filter((each) => each.endsWith('.matmul-lens')).at(-1);
      const kind = own?.replace(/\.matmul-lens$/, '').replace(/^.*\.(?=[^.]*$)/, '');
      return kind === undefined ? [] : [`${line.slice(startIndex, endIndex).trim()} ${kind}`];
    });

  const SHAPE = 'shape: directive';
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['# shape: x=f32[64, B]', SHAPE, 'x parameter', '= assignment', 'f32 dtype', '64 dimension', 'B dimension'],
    ['# shape: i=i64[8]<50257', SHAPE, 'i parameter', '= assignment', 'i64 dtype', '8 dimension', '< bound', '50257 bound'],
    ['h = g(x)  # shape: (B, T, 64)', SHAPE, 'B dimension', 'T dimension', '64 dimension'],
    ['h = g(x)  # shape: [..., *rest, D]', SHAPE, '... several', '* several', 'rest dimension', 'D dimension'],
    ['h = g(x)  # shape: B T 64', SHAPE, 'B dimension', 'T dimension', '64 dimension'],
    ['h = g(x)  # shape: B x T', SHAPE, 'B dimension', 'x dimension', 'T dimension'],
    ['q, k = g(x)  # shape: q=(B, 8)', SHAPE, 'q parameter', '= assignment', 'B dimension', '8 dimension'],
    ['# shape: x=f32[2] # a remark of 3', SHAPE, 'x parameter', '= assignment', 'f32 dtype', '2 dimension'],
    ['# shape: the output of 3 layers'],
    ['# shape: batch_size'],
    ['# The shape: (B, T)'],
    ['text = "# shape: (B, T)"'],
    ['x @ y  # matmul-lens: ignore[MM101]', 'matmul-lens: directive', 'ignore directive', '[ begin', 'MM101 rule', '] end'],
  ]; // prettier-ignore
  for (const [line, ...expected] of cases) {
    it(line, () => {
      assert.deepEqual(coloured(line), expected);
    });
  }
});
