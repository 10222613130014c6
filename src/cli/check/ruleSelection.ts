/** Which rules `--select` and `--ignore` leave. */
import { RULES } from '../../core';
import { suggestion } from '../arguments';
import type { FindingRecord } from '../analysis/findingRecord';

export type Selection =
  | {
      readonly ok: true;
      readonly isSelected: (code: string) => boolean;
      /** Whether a finding stands in text and counts for the exit status. */
      readonly isShown: (finding: FindingRecord) => boolean;
    }
  | { readonly ok: false; readonly message: string };

/** Codes or their beginnings, separated by commas; a rule's name stands for its code. */
export function ruleSelection(select: string | undefined, ignore: string | undefined): Selection {
  const selected = codes(select);
  const ignored = codes(ignore);
  if (!selected.ok) return selected;
  if (!ignored.ok) return ignored;
  const isAmong = (code: string, list: readonly string[]) => list.some((each) => code.startsWith(each));
  const isSelected = (code: string) =>
    (select === undefined || isAmong(code, selected.codes)) && !isAmong(code, ignored.codes);
  return {
    ok: true,
    isSelected,
    isShown: ({ code, surface }) => isSelected(code) && (surface === 'hint' || select !== undefined),
  };
}

function codes(
  text: string | undefined,
): { readonly ok: true; readonly codes: readonly string[] } | { readonly ok: false; readonly message: string } {
  const result: string[] = [];
  for (const word of (text ?? '').split(',').map((each) => each.trim())) {
    if (word === '') continue;
    const code = RULES.find(({ name }) => name === word)?.code ?? word.toUpperCase();
    if (!RULES.some((rule) => rule.code.startsWith(code))) {
      const known = RULES.flatMap((rule) => [rule.code, rule.name]);
      return { ok: false, message: `there is no rule ${word}${suggestion(word, known)}` };
    }
    result.push(code);
  }
  return { ok: true, codes: result };
}
