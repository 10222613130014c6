/** TOML 1.0 as plain data. */
import { parse, TomlError } from 'smol-toml';

/** The port behind which a reader of TOML stands. */
export type TomlReader = (text: string) => TomlResult;

export type TomlResult =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  /** @property line counted from 1 */
  | { readonly ok: false; readonly line: number; readonly message: string };

export const readToml: TomlReader = (text) => {
  try {
    return { ok: true, value: parse(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Its first line says what is wrong; a picture of the place follows.
    const [message = ''] = error.message.split('\n');
    return { ok: false, line: error.line, message: message.replace(/^Invalid TOML document: /, '') };
  }
};
