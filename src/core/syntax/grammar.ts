/** The Python grammar, loaded from bytes that the caller has read: core opens no files. */
import { Language, Parser } from 'web-tree-sitter';

export interface GrammarBytes {
  /** `web-tree-sitter.wasm` */
  readonly runtime: Uint8Array;
  /** `tree-sitter-python.wasm` */
  readonly python: Uint8Array;
}

export async function loadGrammar(bytes: GrammarBytes): Promise<Language> {
  await Parser.init({ wasmBinary: bytes.runtime });
  return Language.load(bytes.python);
}
