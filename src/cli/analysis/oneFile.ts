/** Reads and analyses the one file that a command is about. */
import path from 'node:path';
import { TextDecoder } from 'node:util';
import { decodeSource, loadGrammar } from '../../core';
import type { FileAnalysis } from '../../core';
import { TOO_LONG, isNotebook, readSource } from '../../desktop/files/source';
import type { CommandContext } from '../command';
import { PythonAnalysis } from './pythonAnalysis';
import { STDIN, readInput } from './sources';

export type OneFile =
  | {
      readonly ok: true;
      /** As it was named, or `<stdin>`. */
      readonly shown: string;
      /** Absolute; null for standard input. */
      readonly path: string | null;
      readonly text: string;
      readonly analysis: FileAnalysis;
      /** Analyses another text. */
      readonly analyze: (text: string) => FileAnalysis | null;
    }
  | { readonly ok: false; readonly message: string };

/** @param file a path, or `-` for standard input */
export async function analyzeOne(file: string, { assets, stdin, cwd }: CommandContext): Promise<OneFile> {
  const isInput = file === '-';
  const shown = isInput ? STDIN : file;
  if (isNotebook(file)) return { ok: false, message: `${shown} is a notebook: name a Python file` };
  const source = isInput ? await fromInput(stdin) : readSource(path.resolve(cwd, file));
  if (!source.ok) return { ok: false, message: `${shown} ${source.reason}` };
  const python = new PythonAnalysis(await loadGrammar(await assets.grammar()), [], 'all');
  const result = python.of(source.text);
  switch (result.kind) {
    case 'nothing':
      return { ok: false, message: `${shown} uses neither PyTorch nor NumPy nor JAX` };
    case 'unfit':
      return { ok: false, message: `${shown} ${result.reason}` };
    case 'analysis':
      return {
        ok: true,
        shown,
        path: isInput ? null : path.resolve(cwd, file),
        text: source.text,
        analysis: result.analysis,
        analyze: (text) => {
          const other = python.of(text);
          return other.kind === 'analysis' ? other.analysis : null;
        },
      };
  }
}

async function fromInput(stdin: CommandContext['stdin']) {
  const input = await readInput(stdin);
  if (input === null) return { ok: false, reason: TOO_LONG } as const;
  return { ok: true, text: decodeSource(input, TextDecoder) } as const;
}
