/** Words by which people name rules: a code, the beginning of codes, or a rule's name. */
import { RULES } from '../rules/index';
import { nearest } from './nearest';

export type RuleWord =
  /** All rules whose codes begin so. */
  | { readonly ok: true; readonly beginning: string }
  /** @property suggestion what was probably meant */
  | { readonly ok: false; readonly word: string; readonly suggestion: string | null };

export function ruleWord(word: string): RuleWord {
  const beginning = RULES.find(({ name }) => name === word)?.code ?? word.toUpperCase();
  if (word !== '' && RULES.some(({ code }) => code.startsWith(beginning))) return { ok: true, beginning };
  const known = RULES.flatMap(({ code, name }) => [code, name]);
  return { ok: false, word, suggestion: nearest(word, known) };
}
