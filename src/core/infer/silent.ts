/** Functions that tell their caller nothing, judged by their text: what they do need not be known for a call. */
import type { FunctionFacts } from '../lower/facts';
import { codeOnly } from '../syntax/codeOnly';
import { OPERATION_WORDS } from './family';
import type { FileModel } from './model';

/** It gives something back, or speaks of shapes: a check of its arguments tells what they are. */
const TELLS =
  /\breturn\b[ \t]*[^\s#;]|\byield\b|\.(?:shape|size|dim|ndim)\b|\b(?:rearrange|reduce|repeat|assert)\b|@|->(?!\s*None\b)/;

export function isSilent(file: FileModel, facts: FunctionFacts): boolean {
  return file.once(`silent ${facts.key}`, () => {
    const code = codeOnly(file.textOf(facts));
    return !TELLS.test(code) && !OPERATION_WORDS.test(code);
  });
}
