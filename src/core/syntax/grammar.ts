/** The Python grammar, loaded from bytes that the caller has read: core opens no files. */
import { Language, Parser } from 'web-tree-sitter';

export interface GrammarBytes {
  /** `web-tree-sitter.wasm` */
  readonly runtime: Uint8Array;
  /** `tree-sitter-python.wasm` */
  readonly python: Uint8Array;
}

export async function loadGrammar(bytes: GrammarBytes): Promise<Language> {
  const runtime: Runtime = { wasmBinary: bytes.runtime };
  await Parser.init(runtime);
  useTypedArray(runtime);
  return Language.load(bytes.python);
}

type Access<T extends unknown[], R> = (address: number, ...rest: T) => R;

/** The options of the parser's runtime. Where it is started with them, it adds its memory and its functions. */
interface Runtime {
  readonly wasmBinary: Uint8Array;
  /** A new one whenever the memory grows. */
  readonly HEAP32?: Int32Array;
  setValue?: Access<[value: number, type: string], void>;
  getValue?: Access<[type: string], number>;
}

/**
 * Cursors pass four words to and from the parser's memory at each step, by functions that take a type by name and
 * go through a DataView: that takes longer than the steps themselves. Those words go through the typed array here.
 */
function useTypedArray(runtime: Runtime): void {
  const { setValue, getValue } = runtime;
  // A runtime that had been started before does not know these options.
  if (!runtime.HEAP32 || !setValue || !getValue || !isLittleEndian()) return;
  runtime.setValue = (address, value, type) => {
    const words = runtime.HEAP32;
    if (type === 'i32' && words) words[address >> 2] = value;
    else setValue(address, value, type);
  };
  runtime.getValue = (address, type) =>
    (type === 'i32' ? runtime.HEAP32?.[address >> 2] : undefined) ?? getValue(address, type);
}

/** The parser's memory is little-endian everywhere; typed arrays are as the machine is. */
function isLittleEndian(): boolean {
  return new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
}
